import { describe, expect, it } from 'vitest';
import { framed, text } from '../../test/framing.ts';
import {
  bytesOf,
  bytesWith,
  commit,
  header,
  itemsOf,
  logBytes,
  once,
  opened,
  openedBytes,
  told,
} from '../../test/logs.ts';
import { IsokvError } from '../errors.ts';
import { frameLog } from './frame-log.ts';
import type { LogItem } from './log.ts';
import { MemoryMedium, memoryBytes, memoryLog } from './memory-log.ts';
import { syncFrameLog } from './sync-frame-log.ts';

const relaxed = 'relaxed';

describe('frameLog', () => {
  it('can be opened again when its closing has ended, not before', async () => {
    const bytes = memoryBytes(new MemoryMedium());
    let end = (): void => undefined;
    const closing = new Promise<void>((resolve) => {
      end = resolve;
    });
    const log = frameLog(Object.assign(bytes, { close: () => closing }));
    await log.open({ readOnly: false, mode: 'create' });
    const closed = log.close();
    await expect(log.open({ readOnly: false, mode: 'create' })).rejects.toMatchObject({ code: 'IO' });
    end();
    await closed;
    await log.open({ readOnly: false, mode: 'create' });
  });

  it('writes nothing before the first append; gives back, reopened, what was appended', async () => {
    const medium = new MemoryMedium();
    const first = await opened(memoryLog(medium));
    expect(first.items).toEqual([]);
    expect(bytesOf(medium).length).toBe(0);

    const middle = await first.log.append([commit(1), commit(2)], { durability: relaxed, after: 0 });
    const end = await first.log.append([commit(3)], { durability: relaxed, after: middle });
    expect(end).toBe(bytesOf(medium).length);
    await first.log.close();

    const second = await opened(memoryLog(medium));
    expect(told(second.items)).toEqual(['commit 1', 'commit 2', 'commit 3']);
    expect(second.items.map(({ position }) => position)).toEqual([expect.any(Number), middle, end]);
    const { payload } = (second.items[2] as LogItem & { type: 'commit' }).commit;
    expect(Buffer.from(payload).equals(commit(3).payload)).toBe(true);

    await second.log.append([commit(4)], { durability: relaxed, after: end });
    expect(told((await opened(memoryLog(medium))).items).at(-1)).toBe('commit 4');
  });

  it('reads bytes of any chunking the same', async () => {
    const { bytes } = logBytes([[commit(1)], [commit(2), commit(3)]]);
    const whole = (await openedBytes(bytes)).items;
    for (const size of [1, 2, 7, bytes.length - 1]) {
      const { items } = await openedBytes(bytes, {
        async *read() {
          for (let at = 0; at < bytes.length; at += size)
            yield { position: at, bytes: bytes.slice(at, at + size) };
        },
      });
      expect(items).toEqual(whole);
    }
  });

  it('reads on after what is known, in the same chain', async () => {
    const medium = new MemoryMedium();
    const a = await opened(memoryLog(medium));
    const b = await opened(memoryLog(medium));
    const first = await a.log.append([commit(1)], { durability: relaxed, after: 0 });
    expect(told(await itemsOf(b.log, 0))).toEqual(['commit 1']);
    expect(await itemsOf(b.log, first)).toEqual([]);
    const second = await b.log.append([commit(2), commit(3)], { durability: relaxed, after: first });
    expect(told(await itemsOf(a.log, first))).toEqual(['commit 2', 'commit 3']);
    await a.log.append([commit(4)], { durability: relaxed, after: second });
    expect(told(await itemsOf(b.log, second))).toEqual(['commit 4']);
    expect(told((await opened(memoryLog(medium))).items)).toEqual([
      'commit 1',
      'commit 2',
      'commit 3',
      'commit 4',
    ]);
  });

  it('can be checked while open, and appended to after', async () => {
    const medium = new MemoryMedium();
    const { log } = await opened(memoryLog(medium));
    const end = await log.append([commit(1)], { durability: relaxed, after: 0 });
    expect(told(await itemsOf(log))).toEqual(['commit 1']);
    await log.append([commit(2)], { durability: relaxed, after: end });
    expect(told(await itemsOf(log))).toEqual(['commit 1', 'commit 2']);
  });

  it('knows no more after a check than before', async () => {
    const medium = new MemoryMedium();
    const a = await opened(memoryLog(medium));
    const b = await opened(memoryLog(medium));
    const end = await a.log.append([commit(1)], { durability: relaxed, after: 0 });
    await itemsOf(b.log, 0);
    await a.log.append([commit(2)], { durability: relaxed, after: end });
    expect(told(await itemsOf(b.log))).toEqual(['commit 1', 'commit 2']);
    expect(told(await itemsOf(b.log, end))).toEqual(['commit 2']);
  });

  it('is as usable after a conflict as before', async () => {
    const medium = new MemoryMedium();
    const a = await opened(memoryLog(medium));
    const b = await opened(memoryLog(medium));
    const end = await a.log.append([commit(1)], { durability: relaxed, after: 0 });
    for (let time = 0; time < 2; time++) {
      await expect(
        b.log.append([commit(1, 'lost')], { durability: relaxed, after: 0 }),
      ).rejects.toMatchObject({
        code: 'LOG_CONFLICT',
      });
    }
    expect(told(await itemsOf(b.log, 0))).toEqual(['commit 1']);
    await b.log.append([commit(2)], { durability: relaxed, after: end });
    expect(told((await opened(memoryLog(medium))).items)).toEqual(['commit 1', 'commit 2']);
  });

  it('does not grow after a failed append until it has been replaced', async () => {
    const medium = new MemoryMedium();
    const failure = new IsokvError('IO', 'the medium is full');
    let fails = false;
    const inner = bytesWith(medium, {});
    const { log } = await opened(
      frameLog({
        ...inner,
        async append(chunks, options) {
          const position = await inner.append(chunks, options);
          if (fails) throw failure; // What it wrote may well be there.
          return position;
        },
      }),
    );
    const end = await log.append([commit(1)], { durability: relaxed, after: 0 });
    fails = true;
    await expect(log.append([commit(2)], { durability: relaxed, after: end })).rejects.toBe(failure);
    fails = false;
    for (const after of [end, medium.end]) {
      await expect(log.append([commit(2)], { durability: relaxed, after })).rejects.toMatchObject({
        code: 'IO',
      });
    }
    const replaced = await log.replace(once([{ type: 'commit', commit: commit(7), position: 0 } as const]), {
      upTo: () => medium.end,
    });
    await log.append([commit(8)], { durability: relaxed, after: replaced });
    expect(told((await opened(memoryLog(medium))).items)).toEqual(['commit 7', 'commit 8']);
  });

  it('takes nothing before it was read, nor when it is closed', async () => {
    const medium = new MemoryMedium();
    const log = memoryLog(medium);
    const io = { code: 'IO' };
    const refuses = async (): Promise<void> => {
      await expect(log.append([commit(1)], { durability: relaxed, after: 0 })).rejects.toMatchObject(io);
      await expect(log.replace(once<LogItem[]>(), { upTo: () => 0 })).rejects.toMatchObject(io);
      expect(medium.end).toBe(0);
    };
    await refuses();
    await log.open({ readOnly: false, mode: 'create' });
    await refuses();
    await itemsOf(log);
    await log.close();
    await refuses();
    await itemsOf(log);
    await refuses();
  });

  it('does not come open again when a replace ends after the close', async () => {
    const medium = new MemoryMedium();
    const { log } = await opened(memoryLog(medium));
    async function* closing(): AsyncGenerator<LogItem[]> {
      yield [];
      await log.close();
    }
    const end = await log.replace(closing(), { upTo: () => medium.end });
    await expect(log.append([commit(1)], { durability: relaxed, after: end })).rejects.toMatchObject({
      code: 'IO',
    });
  });

  it('tells its end also when it holds nothing but its header', async () => {
    const medium = new MemoryMedium();
    const a = await opened(memoryLog(medium));
    const b = await opened(memoryLog(medium));
    const end = await a.log.append([], { durability: relaxed, after: 0 });
    expect(await itemsOf(b.log, 0)).toEqual([{ type: 'start', position: end }]);
    expect((await opened(memoryLog(medium))).items).toEqual([{ type: 'start', position: end }]);
    await b.log.append([commit(1)], { durability: relaxed, after: end });
    expect(told((await opened(memoryLog(medium))).items)).toEqual(['commit 1']);
  });

  it('keeps its store id over a replace, and has another than other logs', async () => {
    const idOf = (medium: MemoryMedium): string =>
      Buffer.from(bytesOf(medium).subarray(17, 33)).toString('hex');
    const [a, b] = [new MemoryMedium(), new MemoryMedium()];
    for (const medium of [a, b]) {
      await (await opened(memoryLog(medium))).log.append([commit(1)], { durability: relaxed, after: 0 });
    }
    expect(idOf(a)).not.toBe(idOf(b));
    const before = idOf(a);
    const { log } = await opened(memoryLog(a));
    await log.replace(once<LogItem[]>(), { upTo: () => a.end });
    expect(idOf(a)).toBe(before);
  });

  it('writes at once, too, to what was opened instead of its bytes', async () => {
    const [absent, medium] = [new MemoryMedium(), new MemoryMedium()];
    const instead = memoryBytes(medium);
    const bytes = Object.assign(memoryBytes(absent), { instead, open: instead.open.bind(instead) });
    const { log } = await opened(syncFrameLog(bytes));
    log.appendSync?.([commit(1)], { durability: relaxed, after: 0 });
    expect(told((await opened(memoryLog(medium))).items)).toEqual(['commit 1']);
    expect(bytesOf(absent).length).toBe(0);
  });

  it('refuses bytes that are not its own, and leaves them', async () => {
    for (const foreign of ['{"a": 1}', 'x', '\u0000\u0000x', 'SQLite format 3\u0000', '\u00f5 and more']) {
      await expect(openedBytes(text(foreign))).rejects.toMatchObject({ code: 'NOT_ISOKV' });
    }
  });

  it('refuses a version it does not know, by its number', async () => {
    const payload = header.payload.slice();
    payload[10] = 9;
    await expect(openedBytes(framed([{ ...header, payload }]).bytes)).rejects.toMatchObject({
      code: 'UNKNOWN_VERSION',
      message: expect.stringContaining('version 9'),
    });
  });
});
