import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { beforeEach, describe, expect, test } from 'vitest';
import { FileBytes } from './file-bytes.ts';
import { fileLog } from './file-log.ts';
import { nodeFileSystem } from './node-file-system.ts';
import { writeSuperblock, writeUnfinished } from './superblock.ts';
import { systemError } from './testing/call.ts';
import { FaultyFileSystem } from './testing/faulty-file-system.ts';
import { folderOfEachTest } from './testing/folder-of-each-test.ts';
import { bytesOf, FOR_READING, FOR_WRITING, itemsAt, openBytes, plain, text } from './testing/logs.ts';

const folder = folderOfEachTest();
let path: string;
beforeEach(() => {
  path = folder.path('a.isokv');
});

const open = (options: Parameters<FileBytes['open']>[0], fs: FaultyFileSystem = new FaultyFileSystem()) =>
  new FileBytes(path, fs, () => undefined).open(options);

async function expectUntouched(content: Uint8Array, code: string): Promise<void> {
  writeFileSync(path, content);
  const { mtimeMs } = statSync(path);
  for (const options of [FOR_WRITING, FOR_READING, { readOnly: false, mode: 'mustExist' } as const]) {
    const fs = new FaultyFileSystem();
    await expect(open(options, fs)).rejects.toMatchObject({ code });
    expect(fs.operations('writev', 'truncate', 'unlink', 'rename')).toEqual([]);
    expect(fs.handles).toBe(0);
  }
  expect(readFileSync(path).equals(content)).toBe(true);
  expect(statSync(path).mtimeMs).toBe(mtimeMs);
}

describe('a path where nothing is', () => {
  test('gets a file for its owner only, with a superblock and no more', async () => {
    const { log, bytes } = await openBytes(path);
    expect(bytes.length).toBe(0);
    expect(log.settled).toBe(0);
    await log.close();
    expect(Buffer.from(plain(readFileSync(path))).equals(writeSuperblock(4096))).toBe(true);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  test('has a durable superblock before its first byte says that it has', async () => {
    const fs = new FaultyFileSystem();
    await openBytes(path, fs);
    expect(fs.operations('writev', 'fdatasync')).toEqual(['writev', 'fdatasync', 'writev', 'fdatasync']);
    expect(fs.calls.filter((call) => call.operation === 'writev').map((call) => call.chunks[0]?.[0])).toEqual(
      [0, 0x89],
    );
  });

  test('is MISSING for a reader, and for who says that it must exist', async () => {
    await expect(open(FOR_READING)).rejects.toMatchObject({ code: 'MISSING' });
    await expect(open({ readOnly: false, mode: 'mustExist' })).rejects.toMatchObject({ code: 'MISSING' });
    expect(existsSync(path)).toBe(false);
  });

  test('is what mustNotExist asks for, once', async () => {
    const { log } = await openBytes(path, nodeFileSystem, { readOnly: false, mode: 'mustNotExist' });
    await log.close();
    await expect(open({ readOnly: false, mode: 'mustNotExist' })).rejects.toMatchObject({ code: 'EXISTS' });
  });

  test('keeps nothing of a creation that failed', async () => {
    for (const operation of ['writev', 'fdatasync', 'stat']) {
      const fs = new FaultyFileSystem();
      fs.before = (call) => {
        if (call.operation === operation) throw systemError('ENOSPC');
        return undefined;
      };
      await expect(open(FOR_WRITING, fs)).rejects.toMatchObject({ code: 'IO', cause: { code: 'ENOSPC' } });
      expect(existsSync(path)).toBe(false);
      expect(fs.handles).toBe(0);
    }
  });

  test('whose folder is missing says so', async () => {
    const inNone = fileLog(folder.path('none/a.isokv'));
    await expect(inNone.open(FOR_WRITING)).rejects.toMatchObject({ code: 'IO', cause: { code: 'ENOENT' } });
    await expect(inNone.open(FOR_WRITING)).rejects.toThrow('create the folder');
  });
});

describe('a creation that was interrupted', () => {
  test.each([0, 1, 11, 12, 600, 4095, 4096])('after %d bytes is begun again', async (length) => {
    writeFileSync(path, writeUnfinished().subarray(0, length));
    await expect(open(FOR_READING)).rejects.toMatchObject({ code: 'MISSING' });
    await expect(open({ readOnly: false, mode: 'mustExist' })).rejects.toMatchObject({ code: 'MISSING' });
    const { log } = await openBytes(path, nodeFileSystem, { readOnly: false, mode: 'mustNotExist' });
    await log.append([bytesOf('abc')], { durability: 'strict', after: 0 });
    await log.close();
    const { bytes, log: again } = await openBytes(path);
    expect(text(bytes)).toBe('abc');
    await again.close();
  });

  test('just before its last sync is synced by who opens it next, before anything follows', async () => {
    writeFileSync(path, writeSuperblock(4096));
    const fs = new FaultyFileSystem();
    const { log } = await openBytes(path, fs);
    expect(fs.operations('fdatasync', 'writev')).toEqual(['fdatasync']);
    await log.close();
  });
});

describe('what is not a store is refused and left alone', () => {
  test('text', () => expectUntouched(bytesOf('hello'), 'NOT_ISOKV'));
  test('a long text', () => expectUntouched(bytesOf('hello'.repeat(5000)), 'NOT_ISOKV'));
  test('zeros, more than a creation writes', () => expectUntouched(new Uint8Array(5000), 'NOT_ISOKV'));
  test('data of isokv, which is no log', () =>
    expectUntouched(Uint8Array.of(0x89, ...bytesOf('isokv\r\n\x1a\n')), 'NOT_ISOKV'));

  test('a newer layout', async () => {
    const newer = writeSuperblock(4096);
    newer[11] = 2;
    await expectUntouched(newer, 'UNKNOWN_VERSION');
  });

  test('a superblock that was cut', () => expectUntouched(writeSuperblock(4096).subarray(0, 100), 'CORRUPT'));

  test('one that text mode has damaged', () => {
    const damaged = Buffer.from(
      Buffer.from(writeSuperblock(4096)).toString('latin1').replace('\r\n', '\n'),
      'latin1',
    );
    return expectUntouched(new Uint8Array(damaged), 'NOT_ISOKV');
  });

  test('a directory', async () => {
    mkdirSync(path);
    for (const options of [FOR_WRITING, FOR_READING]) {
      const fs = new FaultyFileSystem();
      await expect(open(options, fs)).rejects.toMatchObject({ code: 'DIRECTORY' });
      await expect(open(options, fs)).rejects.toThrow(/directory.*: give the path of the file/);
      expect(fs.handles).toBe(0);
    }
  });

  test('a device', async () => {
    for (const options of [FOR_READING, FOR_WRITING])
      await expect(fileLog('/dev/null').open(options)).rejects.toMatchObject({ code: 'NOT_A_FILE' });
  });

  test('a path that cannot be one', () => {
    for (const bad of ['', 'a\0b', undefined as any, 'store.compacting']) {
      expect(() => fileLog(bad)).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
    }
  });
});

test('a missing permission is said, with its cause and what to do', async () => {
  const fs = new FaultyFileSystem();
  fs.before = (call) => {
    if (call.operation === 'open') throw systemError('EACCES');
    return undefined;
  };
  await expect(open(FOR_WRITING, fs)).rejects.toMatchObject({
    code: 'PERMISSION',
    cause: { code: 'EACCES' },
  });
  await expect(open(FOR_WRITING, fs)).rejects.toThrow(/could not open .*a\.isokv.*permission/);
});

describe('readOnly', () => {
  test('changes nothing, and refuses every change', async () => {
    const first = await openBytes(path);
    await first.log.append([bytesOf('abc')], { durability: 'relaxed', after: 0 });
    await first.log.close();
    writeFileSync(`${path}.compacting`, 'stale');
    chmodSync(path, 0o400);
    const before = readFileSync(path);
    const fs = new FaultyFileSystem();
    const { log, bytes } = await openBytes(path, fs, FOR_READING);
    expect(text(bytes)).toBe('abc');
    const refused = { code: 'READ_ONLY' };
    await expect(log.append([bytesOf('x')], { durability: 'none', after: 4099 })).rejects.toMatchObject(
      refused,
    );
    await expect(log.truncate(4096)).rejects.toMatchObject(refused);
    await expect(log.replace((async function* () {})(), { upTo: () => 4099 })).rejects.toMatchObject(refused);
    await log.close();
    expect(fs.operations('writev', 'truncate', 'unlink', 'rename', 'fsync', 'fdatasync')).toEqual([]);
    expect(readFileSync(path).equals(before)).toBe(true);
    expect(existsSync(`${path}.compacting`)).toBe(true);
    expect(fs.handles).toBe(0);
  });

  test('sees what a writer has added since', async () => {
    const writer = await openBytes(path);
    const reader = await openBytes(path, nodeFileSystem, FOR_READING);
    const end = await writer.log.append([bytesOf('abc')], { durability: 'relaxed', after: 0 });
    const all: string[] = [];
    for await (const chunk of reader.log.read()) all.push(text(chunk.bytes));
    expect(all).toEqual(['abc']);
    await writer.log.append([bytesOf('def')], { durability: 'relaxed', after: end });
    for await (const chunk of reader.log.read(end)) all.push(`${chunk.position} ${text(chunk.bytes)}`);
    expect(all).toEqual(['abc', '4099 def']);
    await reader.log.close();
    await writer.log.close();
  });
});

test('a stale replacement is removed by the next writer, but not beside a file that is not ours', async () => {
  writeFileSync(path, 'not ours');
  writeFileSync(`${path}.compacting`, 'stale');
  await expect(open(FOR_WRITING)).rejects.toMatchObject({ code: 'NOT_ISOKV' });
  expect(existsSync(`${path}.compacting`)).toBe(true);
  writeFileSync(path, writeSuperblock(4096));
  const { log } = await openBytes(path);
  expect(existsSync(`${path}.compacting`)).toBe(false);
  await log.close();
});

describe('a symbolic link', () => {
  test('is followed: the file it leads to is replaced, and the link remains', async () => {
    const link = folder.path('link');
    symlinkSync(path, link);
    await expect(fileLog(link).open(FOR_WRITING)).rejects.toThrow('symbolic link to nothing');
    await (await openBytes(path)).log.close();
    const { log } = await openBytes(link);
    await log.replace(
      (async function* () {
        yield bytesOf('new');
      })(),
      { upTo: () => 0 },
    );
    await log.close();
    for (const either of [path, link]) {
      const { log: again, bytes } = await openBytes(either);
      expect(text(bytes)).toBe('new');
      await again.close();
    }
    await new FileBytes(link, nodeFileSystem, () => undefined).destroy();
    expect(existsSync(path)).toBe(false);
    await (await openBytes(link)).log.close();
  });
});

describe('destroy', () => {
  const destroy = (fs = new FaultyFileSystem()) => new FileBytes(path, fs, () => undefined).destroy();

  test('removes the file and what a compaction left, durably', async () => {
    await (await openBytes(path)).log.close();
    writeFileSync(`${path}.compacting`, 'stale');
    const fs = new FaultyFileSystem();
    await destroy(fs);
    expect(existsSync(path) || existsSync(`${path}.compacting`)).toBe(false);
    expect(fs.operations('unlink', 'syncDirectory').at(-1)).toBe('syncDirectory');
    await destroy();
  });

  test('removes nothing that is not ours, and nothing that is open', async () => {
    writeFileSync(path, 'hello');
    await expect(destroy()).rejects.toMatchObject({ code: 'NOT_ISOKV' });
    expect(readFileSync(path, 'utf8')).toBe('hello');
    const { log } = await openBytes(folder.path('b'));
    await expect(log.destroy()).rejects.toThrow('close this log');
    await log.close();
  });
});

test('a log that is not open says so, and closes without a complaint', async () => {
  const log = new FileBytes(path, nodeFileSystem, () => undefined);
  await log.close();
  expect(() => log.settled).toThrow(expect.objectContaining({ code: 'CLOSED' }));
  await log.open(FOR_WRITING);
  await expect(log.open(FOR_WRITING)).rejects.toThrow('open already');
  await log.close();
  await log.close();
  expect(await itemsAt(fileLog(path))).toEqual([]);
});
