import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { beforeEach, describe, expect, test } from 'vitest';
import { writeSlot, writeSuperblock } from './superblock.ts';
import { systemError } from './testing/call.ts';
import { FaultyFileSystem } from './testing/faulty-file-system.ts';
import { folderOfEachTest } from './testing/folder-of-each-test.ts';
import { bytesOf, chunksOf, openBytes, plain, readBytes, text } from './testing/logs.ts';

const folder = folderOfEachTest();
let path: string;
let fs: FaultyFileSystem;
beforeEach(() => {
  path = folder.path('a.isokv');
  fs = new FaultyFileSystem();
});

/** Opens the log, appends, and closes it. @returns what it held before */
async function session(content: string, durability: 'strict' | 'relaxed' = 'strict'): Promise<string> {
  const { log, bytes } = await openBytes(path, fs);
  fs.calls.length = 0;
  if (content) await log.append([bytesOf(content)], { durability, after: bytes.length + 4096 });
  fs.calls.length = 0;
  await log.close();
  return text(bytes);
}

describe('close', () => {
  test('writes where the log ends, in turn to either slot', async () => {
    await session('abc');
    const expected = Buffer.concat([writeSuperblock(4096), bytesOf('abc')]);
    expected.set(writeSlot(4099), 512);
    expect(Buffer.from(plain(readFileSync(path))).equals(expected)).toBe(true);
    expect(await session('def')).toBe('abc');
    expected.set(writeSlot(4102), 1024);
    expect(Buffer.from(plain(readFileSync(path))).equals(Buffer.concat([expected, bytesOf('def')]))).toBe(
      true,
    );
    expect(await session('g')).toBe('abcdef');
    expected.set(writeSlot(4103), 512);
    expect(Buffer.from(plain(readFileSync(path))).equals(Buffer.concat([expected, bytesOf('defg')]))).toBe(
      true,
    );
  });

  test('vouches for nothing before it is durable', async () => {
    await session('abc', 'relaxed');
    expect(fs.operations()).toEqual(['truncate', 'fdatasync', 'writev', 'fdatasync', 'close']);
    await session('def', 'strict');
    expect(fs.operations('truncate', 'fdatasync', 'close')).toEqual(['truncate', 'fdatasync', 'close']);
  });

  test('of a log that was not written changes nothing', async () => {
    await session('abc');
    const before = readFileSync(path);
    const { mtimeMs } = statSync(path);
    expect(await session('')).toBe('abc');
    expect(fs.operations()).toEqual(['close']);
    expect(readFileSync(path).equals(before)).toBe(true);
    expect(statSync(path).mtimeMs).toBe(mtimeMs);
  });

  test.each(['truncate', 'writev', 'fdatasync', 'close'] as const)(
    'that fails in %s says so, loses nothing, and lets go',
    async (operation) => {
      const { log } = await openBytes(path, fs);
      await log.append([bytesOf('abc')], { durability: 'strict', after: 0 });
      await new Promise((resolve) => setTimeout(resolve, 20));
      fs.before = (call) => {
        if (call.operation === operation) throw systemError('EIO');
        return undefined;
      };
      await expect(log.close()).rejects.toMatchObject({ code: 'IO', cause: { code: 'EIO' } });
      expect(fs.handles).toBe(0);
      const again = await openBytes(path);
      expect(text(again.bytes).replaceAll('\0', '')).toBe('abc');
      await again.log.close();
    },
  );
});

describe('a close while something is under way', () => {
  test('waits for an append', async () => {
    const { log } = await openBytes(path, fs);
    const append = log.append([bytesOf('abc')], { durability: 'strict', after: 0 });
    const close = log.close();
    await expect(log.append([bytesOf('def')], { durability: 'strict', after: 0 })).rejects.toMatchObject({
      code: 'CLOSED',
    });
    // An early open waits in its turn.
    const opened = log.open({ readOnly: false, mode: 'create' });
    expect(await append).toBe(4099);
    await close;
    await opened;
    expect(text(await readBytes(log))).toBe('abc');
    await log.close();
    expect(fs.handles).toBe(0);
  });

  test('ends a replacement that is still taking its content', async () => {
    await session('abc');
    const { log } = await openBytes(path, fs);
    let close: Promise<void> | undefined;
    async function* content(): AsyncGenerator<Uint8Array> {
      yield bytesOf('new');
      close = log.close();
      yield bytesOf(' and more');
    }
    await expect(log.replace(content(), { upTo: () => 4099 })).rejects.toMatchObject({ code: 'CLOSED' });
    await close;
    expect(fs.handles).toBe(0);
    expect(existsSync(`${path}.compacting`)).toBe(false);
    expect(await session('')).toBe('abc');
  });

  test('waits for a replacement that has all its content', async () => {
    await session('abc');
    const { log } = await openBytes(path, fs);
    let close: Promise<void> | undefined;
    fs.before = (call) => {
      if (call.operation === 'fsync') close = log.close();
      return undefined;
    };
    await log.replace(chunksOf('new'), { upTo: () => 4099 });
    await close;
    expect(fs.handles).toBe(0);
    expect(await session('')).toBe('new');
  });
});

describe('a close that was cut short', () => {
  test.each([1, 2, 5, 8, 9, 11])(
    'after %d bytes of a slot is reported, and the other slot counts',
    async (torn) => {
      await session('abc');
      await session('def');
      const file = readFileSync(path);
      // The next would have written to the first slot: some of its bytes are from a much longer log.
      file.set(writeSlot(0x010203040506).subarray(0, torn), 512);
      writeFileSync(path, file);
      const { log, bytes, warnings } = await openBytes(path, fs);
      expect(text(bytes)).toBe('abcdef');
      expect(log.settled).toBe(4102);
      expect(warnings).toMatchObject([{ code: 'CORRUPT', offset: 512 }]);
      await log.append([bytesOf('g')], { durability: 'strict', after: 4102 });
      await log.close();
      const again = await openBytes(path);
      expect(again.warnings).toEqual([]);
      expect(again.log.settled).toBe(4103);
      expect(text(again.bytes)).toBe('abcdefg');
    },
  );
});
