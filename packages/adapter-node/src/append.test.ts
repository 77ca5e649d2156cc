import { readFileSync, statSync } from 'node:fs';
import { beforeEach, describe, expect, test } from 'vitest';
import { systemError } from './testing/call.ts';
import { FaultyFileSystem } from './testing/faulty-file-system.ts';
import { folderOfEachTest } from './testing/folder-of-each-test.ts';
import { bytesOf, chunksOf, openBytes, readBytes, text } from './testing/logs.ts';

const folder = folderOfEachTest();
let path: string;
let fs: FaultyFileSystem;
beforeEach(() => {
  path = folder.path('a.isokv');
  fs = new FaultyFileSystem();
});

const strict = (after: number) => ({ durability: 'strict', after }) as const;
const relaxed = (after: number) => ({ durability: 'relaxed', after }) as const;

/** The calls of the log itself: without the zeros written in the background. */
function foreground(): string[] {
  const ours = fs.calls.filter((call) => call.operation !== 'writev' || call.chunks[0]?.length !== 65536);
  return ours.map((call) => call.operation).filter((operation) => !operation.endsWith('Sync'));
}

describe('an append', () => {
  test('is one writev and, when strict, one sync; the first has the folder synced too', async () => {
    const { log } = await openBytes(path, fs);
    fs.calls.length = 0;
    let end = await log.append([bytesOf('ab'), bytesOf(''), bytesOf('c')], strict(0));
    expect(end).toBe(4099);
    expect(foreground()).toEqual(['writev', 'fdatasync', 'syncDirectory']);
    fs.calls.length = 0;
    end = await log.append([bytesOf('de')], strict(end));
    expect(end).toBe(4101);
    expect(foreground()).toEqual(['writev', 'fdatasync']);
    fs.calls.length = 0;
    end = await log.append([bytesOf('f')], relaxed(end));
    end = await log.append([bytesOf('g')], { durability: 'none', after: end });
    expect(foreground()).toEqual(['writev', 'writev']);
    expect(text(await readBytes(log))).toBe('abcdefg');
    expect(text(await readBytes(log, 4099))).toBe('defg');
    expect(text(await readBytes(log, end))).toBe('');
    await log.close();
    expect(readFileSync(path).subarray(4096).toString()).toBe('abcdefg');
  });

  test('goes on after short writes', async () => {
    const { log } = await openBytes(path, fs);
    fs.before = (call) => (call.operation === 'writev' ? 2 : undefined);
    await log.append([bytesOf('abc'), bytesOf('defgh')], strict(0));
    fs.before = () => undefined;
    expect(text(await readBytes(log))).toBe('abcdefgh');
    await log.close();
  });

  test('after anything but the end is a conflict, and changes nothing', async () => {
    const { log } = await openBytes(path, fs);
    await expect(log.append([bytesOf('x')], strict(4097))).rejects.toMatchObject({ code: 'LOG_CONFLICT' });
    const end = await log.append([bytesOf('abc')], strict(4096));
    for (const after of [0, 4096, end - 1, end + 1]) {
      await expect(log.append([bytesOf('x')], strict(after))).rejects.toMatchObject({ code: 'LOG_CONFLICT' });
    }
    await log.append([bytesOf('d')], strict(end));
    await log.close();
    expect(text((await openBytes(path)).bytes)).toBe('abcd');
  });

  test('while one is under way is refused', async () => {
    const { log } = await openBytes(path, fs);
    const first = log.append([bytesOf('abc')], strict(0));
    await expect(log.append([bytesOf('abc')], strict(0))).rejects.toMatchObject({ code: 'IO' });
    await first;
    await log.close();
  });
});

describe('the end of a log that was not closed', () => {
  test('is where the caller says, among zeros, and nowhere before what was written', async () => {
    const first = await openBytes(path, fs);
    const end = await first.log.append([bytesOf('abc\0\0')], strict(0));
    await vanish();
    expect(statSync(path).size).toBeGreaterThan(end + 1000);

    const { log, bytes } = await openBytes(path, fs);
    expect(text(bytes.subarray(0, 5))).toBe('abc\0\0');
    expect(bytes.subarray(5).every((byte) => byte === 0)).toBe(true);
    const size = 4096 + bytes.length;
    for (const after of [0, 4096, 4098, size + 1]) {
      await expect(log.append([bytesOf('x')], strict(after))).rejects.toMatchObject({ code: 'LOG_CONFLICT' });
    }
    await log.append([bytesOf('d')], strict(end));
    await log.close();
    expect(text((await openBytes(path)).bytes)).toBe('abc\0\0d');
  });

  test('is unknown until all was read', async () => {
    const first = await openBytes(path, fs);
    await first.log.append([bytesOf('abc')], strict(0));
    await vanish();
    const { log } = await openBytes(path);
    await log.close();
    await log.open({ readOnly: false, mode: 'create' });
    await expect(log.append([bytesOf('x')], strict(4096))).rejects.toMatchObject({ code: 'LOG_CONFLICT' });
    await log.close();
  });
});

describe('a failed append', () => {
  test.each(['writev', 'fdatasync', 'syncDirectory'] as const)(
    'in %s ends appending, not the log',
    async (operation) => {
      const { log } = await openBytes(path, fs);
      const end = operation === 'syncDirectory' ? 0 : await log.append([bytesOf('abc')], strict(0));
      await idle();
      const cause = systemError('EIO');
      fs.before = (call) => {
        if (call.operation === operation) throw cause;
        return undefined;
      };
      await expect(log.append([bytesOf('def')], strict(end))).rejects.toMatchObject({ code: 'IO', cause });
      fs.before = () => undefined;
      // The same bytes are not tried again, though the system would now say that all is well.
      await expect(log.append([bytesOf('def')], strict(end))).rejects.toMatchObject({ code: 'IO' });
      await expect(log.truncate(4096)).rejects.toMatchObject({ code: 'IO' });
      expect(text(await readBytes(log))).toBe(end === 0 ? '' : 'abc');
      const replaced = await log.replace(chunksOf('abc', 'def'), { upTo: () => end });
      await log.append([bytesOf('g')], strict(replaced));
      await log.close();
      expect(text((await openBytes(path)).bytes)).toBe('abcdefg');
      expect(fs.handles).toBe(0);
    },
  );

  test('does not come back when the log is closed after it, and nothing is called settled', async () => {
    const { log } = await openBytes(path, fs);
    const end = await log.append([bytesOf('abc')], strict(0));
    await idle();
    fs.before = (call) => {
      if (call.operation === 'fdatasync') throw systemError('EIO');
      return undefined;
    };
    await expect(log.append([bytesOf('def')], strict(end))).rejects.toMatchObject({ code: 'IO' });
    await log.close();
    const again = await openBytes(path);
    expect(text(again.bytes)).toBe('abc');
    expect(again.log.settled).toBe(0);
  });

  test('that wrote nothing and said nothing is noticed', async () => {
    const { log } = await openBytes(path, fs);
    fs.before = (call) => (call.operation === 'writev' ? 0 : undefined);
    await expect(log.append([bytesOf('abc')], strict(0))).rejects.toThrow('no byte');
    fs.before = () => undefined;
    await log.close();
  });

  test('and a close that cannot take it back says so, and closes all the same', async () => {
    const { log } = await openBytes(path, fs);
    fs.before = (call) => {
      if (['fdatasync', 'truncate'].includes(call.operation)) throw systemError('EIO');
      return undefined;
    };
    await expect(log.append([bytesOf('abc')], strict(0))).rejects.toMatchObject({ code: 'IO' });
    await expect(log.close()).rejects.toMatchObject({ code: 'IO', cause: { code: 'EIO' } });
    expect(fs.handles).toBe(0);
  });
});

describe('preallocation', () => {
  test('happens after strict appends, and is gone after close', async () => {
    const { log } = await openBytes(path, fs);
    let end = await log.append([bytesOf('abc')], relaxed(0));
    await idle();
    expect(statSync(path).size).toBe(end);
    end = await log.append([bytesOf('abc')], strict(end));
    await idle();
    expect(statSync(path).size).toBe(end + 256 * 1024);
    await log.close();
    expect(statSync(path).size).toBe(end);
  });

  test('never overtakes appends, whatever their sizes', async () => {
    const { log } = await openBytes(path, fs);
    fs.before = async (call) => {
      // Zeros are slow to arrive.
      if (call.chunks[0]?.length === 65536) await new Promise((resolve) => setTimeout(resolve, 1));
      return undefined;
    };
    let end = 0;
    const sizes = [10, 200_000, 70_000, 1, 300_000, 31_000, 31_000, 150_000, 5];
    for (const [i, size] of sizes.entries())
      end = await log.append([new Uint8Array(size).fill(i + 1)], strict(end));
    await log.close();
    const expected = Buffer.concat(sizes.map((size, i) => new Uint8Array(size).fill(i + 1)));
    expect(Buffer.from((await openBytes(path)).bytes).equals(expected)).toBe(true);
  });

  test.each([0, 1])('that finds no space (fill %d) fails nothing, and is not tried again', async (first) => {
    let fill = first;
    const { log } = await openBytes(path, fs);
    fs.before = (call) => {
      if (call.chunks[0]?.length !== 65536) return undefined;
      if (fill++ === 0) return 100_000; // Some of it, then no more.
      throw systemError('ENOSPC');
    };
    let end = 0;
    for (let i = 0; i < 50; i++) end = await log.append([new Uint8Array(10_000).fill(7)], strict(end));
    expect(end).toBe(4096 + 500_000);
    expect(fill - first).toBeLessThan(2);
    await log.close();
    expect((await openBytes(path)).bytes.every((byte) => byte === 7)).toBe(true);
    expect(statSync(path).size).toBe(end);
  });
});

describe('truncate', () => {
  test('makes a position the end, durably', async () => {
    const { log } = await openBytes(path, fs);
    const end = await log.append([bytesOf('abc')], strict(0));
    await log.append([bytesOf('torn')], strict(end));
    fs.calls.length = 0;
    await log.truncate(end);
    expect(fs.operations('truncate', 'fsync')).toEqual(['truncate', 'fsync']);
    expect(statSync(path).size).toBe(end);
    await log.append([bytesOf('def')], strict(end));
    await log.close();
    expect(text((await openBytes(path)).bytes)).toBe('abcdef');
  });

  test('takes back what was settled before it cuts it off', async () => {
    const first = await openBytes(path);
    await first.log.append([bytesOf('abcdef')], strict(0));
    await first.log.close();
    const { log } = await openBytes(path, fs);
    expect(log.settled).toBe(4102);
    fs.calls.length = 0;
    await log.truncate(4099);
    expect(fs.operations('writev', 'fdatasync', 'truncate')).toEqual(['writev', 'fdatasync', 'truncate']);
    await vanish();
    const again = await openBytes(path);
    expect(again.log.settled).toBe(4099);
    expect(text(again.bytes)).toBe('abc');
    await again.log.truncate(0);
    await again.log.close();
    expect((await openBytes(path)).bytes.length).toBe(0);
  });

  test('refuses a position after the end', async () => {
    const { log } = await openBytes(path);
    await expect(log.truncate(5000)).rejects.toMatchObject({ code: 'LOG_CONFLICT' });
    await log.close();
  });
});

/** What is under way in the background has had its time. */
function idle(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 20));
}

/** The process that had this log open is no more. */
async function vanish(): Promise<void> {
  await idle();
  await fs.die();
}
