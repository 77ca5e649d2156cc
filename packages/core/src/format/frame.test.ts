import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bitFlips, text } from '../../test/framing.ts';
import { crc32 } from '../bytes/crc32.ts';
import { putU32 } from '../bytes/writer.ts';
import * as frame from './frame.ts';

const { END, KIND, readFrame } = frame;

function put(payload: Uint8Array, flags: number, seed = 0): Uint8Array {
  const bytes = new Uint8Array(payload.length + frame.FRAME_BYTES);
  const chain = { ...frame.startChain(), seed };
  expect(frame.putFrame(bytes, 0, flags, payload, chain)).toBe(bytes.length);
  return bytes;
}

function read(
  bytes: Uint8Array,
  seed = 0,
  at = 0,
): { status: frame.FrameStatus; view: frame.FrameView; seed: number } {
  const chain = { ...frame.startChain(), seed };
  const view = frame.emptyFrameView();
  return { status: readFrame(bytes, at, chain, view), view, seed: chain.seed };
}

describe('frames', () => {
  it('have these bytes', () => {
    const bytes = put(text('hi'), KIND.commit | END);
    expect(Buffer.from(bytes.subarray(0, 8)).toString('hex')).toBe('f5' + '08' + '02000000' + '6869');
    expect(new DataView(bytes.buffer).getUint32(8, true)).toBe(crc32(bytes.subarray(1, 8), 0));
  });

  it('are read as they were written, from any place and seed', () => {
    const flags = fc.tuple(fc.constantFrom(0, 1, 2, 3), fc.constantFrom(0, 8, 0x10, 0x20, 0x40, 0x78));
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 1000 }),
        flags,
        fc.nat(0xffffffff),
        fc.nat(9),
        (payload, [kind, bits], seed, at) => {
          const bytes = Uint8Array.of(...new Array(at).fill(0xf5), ...put(payload, kind | bits, seed), 0xf5);
          const { status, view, seed: after } = read(bytes, seed, at);
          expect(status).toBe(frame.FRAME_OK);
          expect(view.flags).toBe(kind | bits);
          expect(frame.kindOf(view.flags)).toBe(kind);
          expect(bytes.slice(view.payloadStart, view.payloadEnd)).toEqual(payload);
          expect(view.next).toBe(bytes.length - 1);
          expect(after).toBe(new DataView(bytes.buffer).getUint32(view.next - 4, true));
        },
      ),
    );
  });

  it('are cut at every length but their own', () => {
    const bytes = put(text('payload'), END);
    for (let length = 0; length < bytes.length; length++) {
      const { status, seed } = read(bytes.subarray(0, length), 0);
      expect(status).toBe(frame.FRAME_CUT);
      expect(seed).toBe(0);
    }
  });

  it('do not validate with any bit turned, nor after another frame', () => {
    const bytes = put(text('payload \u00f5\u0000'), END, 7);
    for (const { flipped } of bitFlips(bytes)) expect(read(flipped, 7).status).not.toBe(frame.FRAME_OK);
    for (let bit = 0; bit < 32; bit++)
      expect(read(bytes, (7 ^ (1 << bit)) >>> 0).status).toBe(frame.FRAME_BAD);
    expect(read(bytes, 7).status).toBe(frame.FRAME_OK);
  });

  it('end where bytes were never written', () => {
    for (const blank of [0x00, 0xff])
      expect(read(new Uint8Array(20).fill(blank)).status).toBe(frame.FRAME_BLANK);
    expect(read(text('not a frame')).status).toBe(frame.FRAME_BAD);
    expect(read(new Uint8Array(0)).status).toBe(frame.FRAME_CUT);
  });

  it('with reserved flags, an unknown kind or too great a length are bad, before their length is believed', () => {
    for (const flags of [0x80, 0xc0, 0x04, 0x07])
      expect(read(put(text('x'), flags)).status).toBe(frame.FRAME_BAD);
    const long = put(text('x'), END);
    putU32(long, 2, frame.MAX_PAYLOAD_BYTES + 1);
    expect(read(long).status).toBe(frame.FRAME_BAD);
    putU32(long, 2, 0xffffffff);
    expect(read(long).status).toBe(frame.FRAME_BAD);
    putU32(long, 2, frame.MAX_PAYLOAD_BYTES);
    expect(read(long).status).toBe(frame.FRAME_CUT);
  });

  it('may be as long as 1 MiB', () => {
    const bytes = put(new Uint8Array(frame.MAX_PAYLOAD_BYTES).fill(1), END);
    expect(read(bytes).status).toBe(frame.FRAME_OK);
  });

  it("have one checksum, be it the runtime's or our own", () => {
    const asked: number[] = [];
    const native = frame.startChain((bytes, seed) => {
      asked.push(bytes.length);
      return crc32(bytes, seed);
    });
    const bytes = new Uint8Array(5000);
    let at = 0;
    for (const length of [0, 500, 506, 507, 2000])
      at = frame.putFrame(bytes, at, END, new Uint8Array(length).fill(length), native);
    expect(asked).toEqual([507 + 5, 2000 + 5]);
    const own = frame.startChain();
    const view = frame.emptyFrameView();
    for (let read = 0; read < at; read = view.next)
      expect(readFrame(bytes, read, own, view)).toBe(frame.FRAME_OK);
    expect(own.seed).toBe(native.seed);
  });

  it('take as many bytes as framedBytes says', () => {
    const MiB = frame.MAX_PAYLOAD_BYTES;
    expect([0, 1, MiB, MiB + 1, 2 * MiB].map(frame.framedBytes)).toEqual([
      10,
      11,
      MiB + 10,
      MiB + 21,
      2 * MiB + 20,
    ]);
  });
});
