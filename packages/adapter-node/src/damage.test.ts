/** What becomes of a store whose file was cut, or changed, behind its back. */
import { readFileSync, writeFileSync } from 'node:fs';
import { type IsokvError, type LogItem, Store } from '@isokv/core';
import { beforeEach, describe, expect, test } from 'vitest';
import { fileLog } from './file-log.ts';
import { folderOfEachTest } from './testing/folder-of-each-test.ts';
import { commit, FOR_READING, FOR_WRITING, itemsAt, readItems, seqs } from './testing/logs.ts';

const folder = folderOfEachTest();
let path: string;
beforeEach(() => {
  path = folder.path('a.isokv');
});

const COMMITS = 4;

/** Writes some commits. @returns where each ends, and the file as it is before it is closed, and after */
async function written(): Promise<{ ends: number[]; open: Buffer; closed: Buffer }> {
  const log = fileLog(path);
  await log.open(FOR_WRITING);
  await readItems(log);
  const ends = [0];
  for (let seq = 1; seq <= COMMITS; seq++) {
    ends.push(
      await log.append([commit(seq, `value ${seq}`)], { durability: 'strict', after: ends.at(-1) as number }),
    );
  }
  const open = readFileSync(path);
  await log.close();
  return { ends, open, closed: readFileSync(path) };
}

/** What a reader makes of these bytes: what it reads, an error's code, and what it was warned of. */
async function outcome(
  bytes: Uint8Array,
): Promise<{ items?: LogItem[]; code?: string; warnings: IsokvError[] }> {
  writeFileSync(path, bytes);
  const warnings: IsokvError[] = [];
  const log = fileLog(path, { onWarning: (warning) => warnings.push(warning) });
  try {
    return { items: await itemsAt(log), warnings };
  } catch (error) {
    expect(readFileSync(path).equals(bytes)).toBe(true);
    return { code: (error as IsokvError).code, warnings };
  }
}

test('a log that was not closed, cut anywhere, has every commit that is whole, and goes on from there', async () => {
  const { ends, open } = await written();
  const end = ends.at(-1) as number;
  // Before the first commit ends, what a header alone means is for the frame log to say.
  for (let length = ends[1] as number; length <= end; length++) {
    // Cut, with nothing after it; and never arrived, with zeros in its place.
    for (const bytes of [
      open.subarray(0, length),
      Buffer.concat([open.subarray(0, length), Buffer.alloc(500)]),
    ]) {
      // Zeros that are missing are there again where zeros take their place.
      const missing = (at: number) =>
        open.subarray(length, at).some((byte) => byte !== 0 || bytes.length === length);
      const whole = ends.filter((at) => at > 0 && !missing(at)).length;
      writeFileSync(path, bytes);
      const log = fileLog(path);
      await log.open(FOR_WRITING);
      const items = await readItems(log);
      expect(seqs(items)).toEqual(Array.from({ length: whole }, (_, i) => i + 1));
      const torn = items.find((item) => item.type === 'torn');
      const last = ends[whole] as number;
      // Zeros at the end of what was torn look like what was never written.
      if (length <= last) expect(torn).toBeUndefined();
      else if (open.subarray(last, length).some((byte) => byte !== 0))
        expect(torn).toMatchObject({ position: last });
      await log.append([commit(whole + 1, 'again')], { durability: 'strict', after: ends[whole] as number });
      await log.close();
      expect(seqs(await itemsAt(fileLog(path)))).toHaveLength(whole + 1);
    }
  }
}, 30_000);

describe('a log that was closed', () => {
  test('and then cut anywhere, is not taken for one', async () => {
    const { closed } = await written();
    for (let length = 0; length < closed.length; length++) {
      if (length > 1100 && length < 4000) continue; // All padding.
      const { code } = await outcome(closed.subarray(0, length));
      expect([length, code]).toEqual([length, length === 0 ? 'MISSING' : 'CORRUPT']);
    }
  }, 30_000);

  test('every flipped bit of it is an error or a warning', async () => {
    const { closed } = await written();
    const isPadding = (at: number) =>
      at > 11 && at < 4096 && !(at >= 512 && at < 524) && !(at >= 1024 && at < 1036);
    for (let at = 0; at < closed.length; at++) {
      if (isPadding(at) && at % 97 !== 0) continue; // superblock.test.ts flips them all.
      for (let bit = 0; bit < 8; bit++) {
        const flipped = Buffer.from(closed);
        flipped[at] = (flipped[at] as number) ^ (1 << bit);
        const { code, items, warnings } = await outcome(flipped);
        if (code === undefined) {
          expect([at, warnings.length]).toEqual([at, 1]);
          expect(seqs(items ?? [])).toHaveLength(COMMITS);
        } else {
          expect(['CORRUPT', 'NOT_ISOKV', 'UNKNOWN_VERSION']).toContain(code);
        }
      }
    }
  }, 60_000);

  test('takes no append once it is known to be damaged', async () => {
    const { closed, ends } = await written();
    const cut = closed.subarray(0, closed.length - 1);
    writeFileSync(path, cut);
    const log = fileLog(path);
    await log.open(FOR_WRITING);
    await expect(readItems(log)).rejects.toMatchObject({ code: 'CORRUPT' });
    await expect(
      log.append([commit(9)], { durability: 'strict', after: ends.at(-1) as number }),
    ).rejects.toMatchObject({ code: 'IO' });
    await log.close();
    expect(readFileSync(path).equals(cut)).toBe(true);
  });
});

test('damage is told with the path, the offset and what to do', async () => {
  const store = await Store.open(fileLog(path));
  await store.set('a', 1);
  await store.close();
  const whole = readFileSync(path);
  writeFileSync(path, whole.subarray(0, whole.length - 1));
  const error: unknown = await Store.open(fileLog(path)).catch((error) => error);
  expect(error).toMatchObject({ code: 'CORRUPT', offset: expect.any(Number) });
  expect(String(error)).toContain(`: ${path}: `);
  expect(String(error)).toContain("recovery: 'salvage'");
});

test('damage among the commits of a log that was not closed is an error, not a torn tail', async () => {
  const { ends, open } = await written();
  for (let at = ends[1] as number; at < (ends[COMMITS - 1] as number); at++) {
    const flipped = Buffer.from(open);
    flipped[at] = (flipped[at] as number) ^ 0x40;
    expect((await outcome(flipped)).code).toBe('CORRUPT');
  }
});

test('without a listener, damage that lost nothing is a warning of the process', async () => {
  const { closed } = await written();
  closed[512] = (closed[512] as number) ^ 1;
  writeFileSync(path, closed);
  const warned = new Promise<Error>((resolve) => process.once('warning', resolve));
  const log = fileLog(path);
  await log.open(FOR_READING);
  await log.close();
  expect(await warned).toMatchObject({ name: 'IsokvWarning', code: 'CORRUPT' });
});
