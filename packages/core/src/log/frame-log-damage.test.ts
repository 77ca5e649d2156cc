import { describe, expect, it } from 'vitest';
import { bitFlips } from '../../test/framing.ts';
import { commit, logBytes, openedBytes, told } from '../../test/logs.ts';
import { IsokvError } from '../errors.ts';

const { bytes, flights } = logBytes([
  [commit(1), commit(2)],
  [commit(3), commit(4)],
  [commit(5), commit(6)],
]);
const lastFlight = flights[2]!;
const whole = ['commit 1', 'commit 2', 'commit 3', 'commit 4', 'commit 5', 'commit 6'];

/** What opening tells: the items, or the code of the error. */
async function outcome(bytes: Uint8Array, settled = 0): Promise<string[] | IsokvError> {
  try {
    return told((await openedBytes(bytes, { settled })).items);
  } catch (error) {
    expect(error).toBeInstanceOf(IsokvError);
    return error as IsokvError;
  }
}

describe('damage', () => {
  it('whichever bit it turns in an acknowledged flight, is CORRUPT at its frame', async () => {
    const magicEnd = 6 + 10;
    for (const { flipped, at } of bitFlips(bytes.subarray())) {
      if (at >= lastFlight) break;
      const found = await outcome(flipped);
      expect(found).toBeInstanceOf(IsokvError);
      const { code, offset } = found as IsokvError;
      if (code === 'NOT_ISOKV') expect(at).toBeLessThan(magicEnd);
      else {
        expect(code).toBe('CORRUPT');
        expect(offset).toBeLessThanOrEqual(at);
        expect(at - offset!).toBeLessThan(60);
      }
    }
  });

  it('in the last flight, is a tear: later commits of the same flight go with it', async () => {
    for (const { flipped, at } of bitFlips(bytes)) {
      if (at < lastFlight) continue;
      const found = await outcome(flipped);
      const commits = at < lastFlight + (bytes.length - lastFlight) / 2 ? 4 : 5;
      expect(found).toEqual([...whole.slice(0, commits), expect.stringMatching(/^torn [0-9]+$/)]);
    }
  });

  it('is seen when the flight after it ends in bytes that look blank', async () => {
    for (const last of [0x00, 0xff]) {
      for (let n = 0, found = 0; found < 3; n++) {
        const log = logBytes([[commit(1)], [commit(2)], [commit(3, `key ${n}`)]]);
        if (log.bytes.at(-1) !== last) continue;
        found++;
        const damaged = log.bytes.slice();
        damaged[log.flights[1]! + 8]! ^= 1;
        expect(await outcome(damaged)).toMatchObject({ code: 'CORRUPT', offset: log.flights[1] });
        expect(await outcome(Uint8Array.of(...damaged, 0, 0, 0))).toMatchObject({ code: 'CORRUPT' });
      }
    }
  });

  it('is CORRUPT also when part of the log is missing in the middle', async () => {
    for (let at = flights[1]!; at < lastFlight; at++) {
      const shortened = Uint8Array.of(...bytes.subarray(0, at), ...bytes.subarray(at + 1));
      // Without the last byte of a checksum the next frame's seed is not to be found.
      const found = await outcome(shortened);
      if (found instanceof IsokvError) expect(found.code).toBe('CORRUPT');
      else expect(at).toBeGreaterThanOrEqual(lastFlight - 4);
    }
  });

  it('is never a tear in what was settled', async () => {
    for (const { flipped } of bitFlips(bytes)) {
      expect(await outcome(flipped, bytes.length)).toMatchObject({
        code: expect.stringMatching(/^(CORRUPT|NOT_ISOKV)$/),
      });
    }
    for (let length = 0; length < bytes.length; length++) {
      expect(await outcome(bytes.slice(0, length), bytes.length)).toMatchObject({ code: 'CORRUPT' });
    }
    expect(await outcome(bytes, bytes.length)).toEqual(whole);
  });

  it('after what was settled may be a tear', async () => {
    expect(await outcome(bytes.slice(0, -1), lastFlight)).toEqual([
      ...whole.slice(0, 5),
      expect.stringMatching(/torn/),
    ]);
  });
});
