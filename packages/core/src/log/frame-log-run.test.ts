import { describe, expect, it } from 'vitest';
import { bitFlips, framed, type Plain, text } from '../../test/framing.ts';
import {
  bytesOf,
  commit,
  header,
  itemsOf,
  once,
  opened,
  openedBytes,
  runBytes,
  told,
} from '../../test/logs.ts';
import { KIND } from '../format/frame.ts';
import { writeRunEnd } from '../format/run-end.ts';
import type { LogItem } from './log.ts';
import { MemoryMedium, memoryLog } from './memory-log.ts';

const relaxed = 'relaxed';
const block = (content: string): LogItem => ({ type: 'block', bytes: text(content), position: 0 });
const run = (blocks: number): LogItem => ({
  type: 'run',
  summary: { seq: 3, blocks, entries: 5 },
  position: 0,
});
const item = (seq: number): LogItem => ({ type: 'commit', commit: commit(seq), position: 0 });

describe('a replaced log', () => {
  it('holds the run and the commits that it was given, and those appended since', async () => {
    const medium = new MemoryMedium();
    const { log } = await opened(memoryLog(medium));
    await log.append([commit(1), commit(2)], { durability: relaxed, after: 0 });
    const end = await log.replace(once([block('a'), block('b')], [run(2), item(4)]), {
      upTo: () => medium.end,
    });
    expect(end).toBe(medium.end);
    expect(told(await itemsOf(log))).toEqual(['block a', 'block b', 'run', 'commit 4']);
    await log.append([commit(5)], { durability: relaxed, after: end });

    const { items } = await opened(memoryLog(medium));
    expect(told(items)).toEqual(['block a', 'block b', 'run', 'commit 4', 'commit 5']);
    expect(items[2]).toMatchObject({ summary: { seq: 3, blocks: 2, entries: 5 } });
  });

  it('is read anew by another writer, whether it had seen all of the old one or not', async () => {
    const medium = new MemoryMedium();
    const a = await opened(memoryLog(medium));
    const first = await a.log.append([commit(1)], { durability: relaxed, after: 0 });
    const upToDate = await opened(memoryLog(medium));
    const behind = await opened(memoryLog(medium));
    const second = await a.log.append([commit(2)], { durability: relaxed, after: first });
    await itemsOf(upToDate.log, first);
    const end = await a.log.replace(once([block('a'), run(1)]), { upTo: () => second });

    expect(told(await itemsOf(upToDate.log, second))).toEqual(['start', 'block a', 'run']);
    expect(told(await itemsOf(behind.log, first))).toEqual(['start', 'block a', 'run']);
    await upToDate.log.append([commit(4)], { durability: relaxed, after: end });
    expect(told(await itemsOf(behind.log, end))).toEqual(['commit 4']);
  });

  it('may be appended to while it takes its items', async () => {
    const medium = new MemoryMedium();
    const { log } = await opened(memoryLog(medium));
    let end = await log.append([commit(1)], { durability: relaxed, after: 0 });
    async function* items(): AsyncGenerator<LogItem[]> {
      yield [block('a'), run(1)];
      end = await log.append([commit(2)], { durability: relaxed, after: end });
      yield [item(2)];
    }
    end = await log.replace(items(), { upTo: () => end });
    await log.append([commit(3)], { durability: relaxed, after: end });
    expect(told((await opened(memoryLog(medium))).items)).toEqual(['block a', 'run', 'commit 2', 'commit 3']);
  });

  it('stays as it was when the replace conflicts or its items fail', async () => {
    const medium = new MemoryMedium();
    const { log } = await opened(memoryLog(medium));
    const end = await log.append([commit(1)], { durability: relaxed, after: 0 });
    const before = bytesOf(medium);
    await expect(log.replace(once([item(9)]), { upTo: () => end - 1 })).rejects.toMatchObject({
      code: 'LOG_CONFLICT',
    });
    const failing = async function* (): AsyncGenerator<LogItem[]> {
      yield [item(9)];
      throw new Error('no more');
    };
    await expect(log.replace(failing(), { upTo: () => end })).rejects.toThrow('no more');
    expect(bytesOf(medium)).toEqual(before);
    await log.append([commit(2)], { durability: relaxed, after: end });
    expect(told((await opened(memoryLog(medium))).items)).toEqual(['commit 1', 'commit 2']);
  });

  it('is written in batches, and large blocks come back whole', async () => {
    const medium = new MemoryMedium();
    const { log } = await opened(memoryLog(medium));
    const large = new Uint8Array(1_500_000).map((_, i) => i ^ (i >>> 9));
    const blocks = Array.from({ length: 3 }, (): LogItem => ({ type: 'block', bytes: large, position: 0 }));
    await log.replace(once(blocks, [run(3)]), { upTo: () => medium.end });
    expect(medium.parts.length).toBeGreaterThan(2);
    const { items } = await opened(memoryLog(medium));
    expect(items.map(({ type }) => type)).toEqual(['block', 'block', 'block', 'run']);
    for (const found of items.slice(0, 3)) {
      expect(Buffer.from((found as LogItem & { type: 'block' }).bytes).equals(large)).toBe(true);
    }
  });
});

describe('the order of messages', () => {
  /** A header after which a run must come. */
  const h: Plain = { ...header, flags: 0 };
  const b: Plain = { kind: KIND.block, payload: text('b') };
  const c: Plain = { kind: KIND.commit, payload: commit(1).payload };
  const end = (blocks: number): Plain => ({
    kind: KIND.runEnd,
    payload: writeRunEnd({ seq: 0, blocks, entries: 0 }),
  });

  it.each<[string, Plain[], string]>([
    ['no header', [c], 'NOT_ISOKV'],
    ['a block first', [b, end(1)], 'NOT_ISOKV'],
    ['two headers', [header, header], 'CORRUPT'],
    ['a header among commits', [header, c, header], 'CORRUPT'],
    ['a commit in the run', [h, b, c, end(1)], 'CORRUPT'],
    ['a block after the run', [h, b, end(1), b], 'CORRUPT'],
    ['a block after a commit', [header, c, b], 'CORRUPT'],
    ['the end of a run after a commit', [header, c, end(0)], 'CORRUPT'],
    ['two ends of the run', [h, b, end(1), end(1)], 'CORRUPT'],
    ['a block too few', [h, b, end(2)], 'CORRUPT'],
    ['a block too many', [h, b, b, end(1)], 'CORRUPT'],
    ['a run with no end', [h, b], 'CORRUPT'],
    ['a header that announces a run, and nothing', [h], 'CORRUPT'],
    ['a header that announces a run, and a commit', [h, c], 'CORRUPT'],
    ['a run that was not announced', [header, b, end(1)], 'CORRUPT'],
    ['a commit with no sequence number', [header, { ...c, payload: new Uint8Array(0) }], 'CORRUPT'],
  ])('%s is refused', async (_, messages, code) => {
    await expect(openedBytes(framed(messages).bytes)).rejects.toMatchObject({ code });
  });

  it('allows an empty run', async () => {
    expect(told((await openedBytes(framed([h, end(0), c]).bytes)).items)).toEqual(['run', 'commit 1']);
  });
});

describe('damage to a run', () => {
  const { bytes, starts } = runBytes([text('aaaa'), text('bbbb')], [commit(10)]);
  const runEnds = starts[4]!;

  it('raises CORRUPT wherever it is cut short', async () => {
    for (let length = 2; length < runEnds; length++) {
      await expect(openedBytes(bytes.slice(0, length))).rejects.toMatchObject({ code: 'CORRUPT' });
    }
    expect(told((await openedBytes(bytes.slice(0, runEnds))).items)).toEqual([
      'block aaaa',
      'block bbbb',
      'run',
    ]);
  });

  it('raises CORRUPT with its place whichever bit is turned, also with no commit after it', async () => {
    for (const whole of [bytes, bytes.slice(0, runEnds)]) {
      for (const { flipped, at } of bitFlips(whole)) {
        if (at >= runEnds) break;
        const failed = await openedBytes(flipped).catch((error) => error);
        if (at < 16 && failed.code === 'NOT_ISOKV') continue; // The magic, or the marker before it.
        const offset = starts.filter((start) => start <= at).at(-1);
        expect(failed).toMatchObject({ code: 'CORRUPT', offset });
      }
    }
  });
});
