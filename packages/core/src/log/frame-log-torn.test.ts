import { describe, expect, it } from 'vitest';
import { framed } from '../../test/framing.ts';
import { bytesOf, commit, header, logBytes, mediumOf, opened, openedBytes, told } from '../../test/logs.ts';
import { KIND } from '../format/frame.ts';
import { frameLog } from './frame-log.ts';
import { memoryBytes, memoryLog } from './memory-log.ts';

const relaxed = 'relaxed';
const { bytes, flights } = logBytes([[commit(1)], [commit(2)], [commit(3), commit(4)]]);
const lastFlight = flights[2]!;
/** Where the frame of commit 4 begins. */
const lastFrame = lastFlight + (bytes.length - lastFlight) / 2;

/** `bytes` up to `length`, with never written ones after it. */
function cut(length: number, blank = 0, count = 0): Uint8Array {
  const medium = new Uint8Array(length + count).fill(blank);
  medium.set(bytes.subarray(0, length));
  return medium;
}

describe('a torn tail', () => {
  it('is dropped and reported at every cut of the last flight, and the next append takes its place', async () => {
    for (let length = lastFlight + 1; length < bytes.length; length++) {
      if (length === lastFrame) continue; // A prefix of the flight's commits, which is no tear.
      const medium = mediumOf(cut(length));
      const { log, items, end } = await opened(memoryLog(medium));
      const kept = length < lastFrame ? lastFlight : lastFrame;
      const commits = length < lastFrame ? ['commit 1', 'commit 2'] : ['commit 1', 'commit 2', 'commit 3'];
      expect(told(items)).toEqual([...commits, expect.stringMatching(/^torn /)]);
      // Zeros that end the tear cannot be told from space that was never written.
      const written = bytes.subarray(kept, length);
      const blanks = written.length - Buffer.from(written).toString('latin1').replace(/\0+$/, '').length;
      expect(items.at(-1)).toMatchObject({ position: kept, bytes: written.length - blanks });
      expect(bytesOf(medium).length).toBe(length); // Opening changes nothing.

      expect(end).toBe(kept);
      await log.append([commit(9)], { durability: relaxed, after: end });
      const again = await opened(memoryLog(medium));
      expect(told(again.items)).toEqual([...commits, 'commit 9']);
    }
  });

  it('is none where the log ends between two commits, or in space that was never written', async () => {
    for (const length of [lastFlight, lastFrame, bytes.length]) {
      for (const blank of [0x00, 0xff]) {
        for (const count of [0, 1, 4096]) {
          const { items, end } = await openedBytes(cut(length, blank, count));
          expect(told(items)).not.toContainEqual(expect.stringContaining('torn'));
          expect(end).toBe(length);
        }
      }
    }
  });

  it('is damage where an append is there whole or not at all', async () => {
    const capabilities = { ...memoryLog().capabilities, atomic: true };
    await expect(openedBytes(cut(lastFlight + 9), { capabilities })).rejects.toMatchObject({
      code: 'CORRUPT',
      offset: lastFlight,
    });
    expect((await openedBytes(bytes, { capabilities })).end).toBe(bytes.length);
  });

  it('is not written after where the bytes cannot drop it, though they should', async () => {
    const medium = mediumOf(cut(lastFlight + 9));
    const { log, end } = await opened(frameLog(Object.assign(memoryBytes(medium), { truncate: undefined })));
    await expect(log.append([commit(9)], { durability: relaxed, after: end })).rejects.toThrow(TypeError);
    expect(bytesOf(medium)).toEqual(cut(lastFlight + 9));
    expect(log.mustReplace).toBe(true);
  });

  it('counts what was written of it, not the blank space after', async () => {
    const length = lastFlight + 9; // Ends in the payload, with a byte that is not blank.
    for (const blank of [0x00, 0xff]) {
      const { items } = await openedBytes(cut(length, blank, 5000));
      expect(told(items).at(-1)).toBe('torn 9');
    }
  });

  it('may have holes: a later page written, an earlier one not', async () => {
    for (const blank of [0x00, 0xff]) {
      const holed = bytes.slice().fill(blank, lastFlight, lastFlight + 8);
      expect(told((await openedBytes(holed)).items)).toEqual([
        'commit 1',
        'commit 2',
        `torn ${bytes.length - lastFlight}`,
      ]);
    }
  });

  it('of the very first append leaves an empty log', async () => {
    const first = logBytes([[commit(1)]]).bytes;
    const headerEnd = framed([header]).bytes.length;
    for (let length = 1; length < first.length; length++) {
      const medium = mediumOf(first.slice(0, length));
      const { log, items, end } = await opened(memoryLog(medium));
      // With the header whole there is no tear, but no commit either to tell where the log ends.
      expect(items).toEqual([
        length === headerEnd
          ? { type: 'start', position: headerEnd }
          : { type: 'torn', position: length > headerEnd ? headerEnd : 0, bytes: expect.any(Number) },
      ]);
      await log.append([commit(5)], { durability: relaxed, after: end });
      expect(told((await opened(memoryLog(medium))).items)).toEqual(['commit 5']);
    }
  });

  it('of a message of several frames begins with its first frame', async () => {
    const split = framed([header, { kind: KIND.commit, payload: commit(1, 'k'.repeat(3_000_000)).payload }]);
    const start = split.starts[1]!;
    for (const length of [start + 100, start + 1_048_586, start + 2_000_000]) {
      const { items } = await openedBytes(split.bytes.slice(0, length));
      expect(items).toEqual([{ type: 'torn', position: start, bytes: length - start }]);
    }
  });

  it('is dropped by a replace, too', async () => {
    const medium = mediumOf(cut(lastFlight + 9));
    const { log, end } = await opened(memoryLog(medium));
    const items = (async function* () {
      yield [{ type: 'commit', commit: commit(2), position: 0 } as const];
    })();
    const replaced = await log.replace(items, { upTo: () => medium.end });
    await log.append([commit(3)], { durability: relaxed, after: replaced });
    expect(end).toBe(lastFlight);
    expect(told((await opened(memoryLog(medium))).items)).toEqual(['commit 2', 'commit 3']);
  });
});
