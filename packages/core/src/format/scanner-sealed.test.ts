import { describe, expect, it } from 'vitest';
import { bitFlips, framed, type Plain, scan, text } from '../../test/framing.ts';
import { toySession } from '../../test/toy-cipher.ts';
import { crc32 } from '../bytes/crc32.ts';
import { getU32, putU32 } from '../bytes/writer.ts';
import { FLIGHT, FRAME_BYTES, KIND } from './frame.ts';

const messages: Plain[] = [
  { kind: KIND.header, payload: text('header') },
  { kind: KIND.commit, payload: text('secret'), flags: FLIGHT },
  { kind: KIND.commit, payload: text('another'), flags: FLIGHT },
];
const session = toySession(42);
const { bytes, starts } = framed(messages, session);
const contents = (found: { payload: Uint8Array }[]) =>
  found.map(({ payload }) => Buffer.from(payload).toString());

/** The frame at `start` made valid again, as one can who knows the format but not the key. */
function resum(bytes: Uint8Array, start: number): Uint8Array {
  const end = start + FRAME_BYTES - 4 + getU32(bytes, start + 2);
  const seed = start === 0 ? 0 : getU32(bytes, start - 4);
  putU32(bytes, end, crc32(bytes.subarray(start + 1, end), seed));
  return bytes;
}

describe('sealed frames', () => {
  it('open with the session they were sealed with, and show nothing without', () => {
    expect(contents(scan([bytes], session).messages)).toEqual(['header', 'secret', 'another']);
    expect(Buffer.from(bytes).includes('secret')).toBe(false);
    expect(Buffer.from(bytes).includes('header')).toBe(true);
  });

  it('raise SEALED with no session, CORRUPT with another key, and say where', () => {
    expect(() => scan([bytes])).toThrow(expect.objectContaining({ code: 'SEALED', offset: starts[1] }));
    expect(() => scan([bytes], toySession(43))).toThrow(
      expect.objectContaining({
        code: 'CORRUPT',
        offset: starts[1],
        cause: expect.objectContaining({ message: 'wrong tag' }),
      }),
    );
  });

  it('do not open when they were changed and their checksum made good', () => {
    const last = starts[2]!;
    for (const { flipped, at } of bitFlips(bytes)) {
      if (at < last + 6 || at >= bytes.length - 4) continue;
      expect(() => scan([resum(flipped, last)], session)).toThrow(
        expect.objectContaining({ code: 'CORRUPT', offset: last }),
      );
    }
  });

  it('do not open with other flags', () => {
    const changed = bytes.slice();
    changed[starts[2]! + 1]! ^= FLIGHT;
    expect(() => scan([resum(changed, starts[2]!)], session)).toThrow(
      expect.objectContaining({ code: 'CORRUPT' }),
    );
  });

  it('do not open in another place', () => {
    const frames = [bytes.slice(0, starts[1]), bytes.slice(starts[2]), bytes.slice(starts[1], starts[2])];
    const moved = Buffer.concat(frames);
    resum(moved, starts[1]!);
    expect(() => scan([moved], session)).toThrow(
      expect.objectContaining({ code: 'CORRUPT', offset: starts[1] }),
    );
  });

  it('are not to be replaced by frames that are not sealed', () => {
    const forged = framed([messages[0]!, { kind: KIND.commit, payload: text('forged') }]);
    expect(() => scan([forged.bytes], session)).toThrow(
      expect.objectContaining({ code: 'CORRUPT', offset: forged.starts[1] }),
    );
  });
});
