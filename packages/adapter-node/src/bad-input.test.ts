/** What cannot be opened, each with a code of its own and what to do about it; nothing is created or changed. */
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { Store, type StoreOptions } from '@isokv/core';
import { beforeEach, describe, expect, test } from 'vitest';
import { fileLog } from './file-log.ts';
import type { FileSystem } from './file-system.ts';
import { nodeFileSystem } from './node-file-system.ts';
import { writeSuperblock } from './superblock.ts';
import { type Call, systemError } from './testing/call.ts';
import { FaultyFileSystem } from './testing/faulty-file-system.ts';
import { folderOfEachTest } from './testing/folder-of-each-test.ts';

const folder = folderOfEachTest();
let path: string;
beforeEach(() => {
  path = folder.path('a.isokv');
});

/** Every name under a folder, with what is there. */
function snapshot(at = folder.path('.')): string[] {
  return readdirSync(at)
    .sort()
    .flatMap((name) => {
      const status = lstatSync(join(at, name));
      const content = status.isFile() ? readFileSync(join(at, name), 'hex') : '';
      const own = `${join(at, name)} ${status.mode} ${status.ino} ${status.size} ${status.mtimeMs} ${content}`;
      return status.isDirectory() ? [own, ...snapshot(join(at, name))] : [own];
    });
}

const MODES: StoreOptions[] = [{}, { readOnly: true }, { mustExist: true }];

async function refuses(
  code: string,
  advice: RegExp,
  {
    at = path,
    modes = MODES,
    fs = nodeFileSystem,
  }: { at?: string; modes?: StoreOptions[]; fs?: FileSystem } = {},
): Promise<void> {
  const before = snapshot();
  for (const options of modes) {
    const opening = Store.open(fileLog(at, { fs }), options);
    await expect(opening).rejects.toMatchObject({ code });
    await expect(opening).rejects.toThrow(advice);
    await expect(opening).rejects.toThrow(at.slice(0, 100));
  }
  expect(snapshot()).toEqual(before);
}

/** A file system on which calls on this path fail. */
function failing(error: string, ...operations: Call['operation'][]): FaultyFileSystem {
  const fs = new FaultyFileSystem();
  fs.before = (call) => {
    if (operations.includes(call.operation)) throw systemError(error);
    return undefined;
  };
  return fs;
}

describe('a path', () => {
  test('of a directory', async () => {
    mkdirSync(path);
    await refuses('DIRECTORY', /give the path of the file/);
  });

  test('of a pipe, which holds nobody up', async () => {
    expect(spawnSync('mkfifo', [path]).status).toBe(0);
    await refuses('NOT_A_FILE', /give the path of the file/);
  });

  test('of a socket', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(path, resolve));
    await refuses('NOT_A_FILE', /give the path of the file/);
    server.close();
  });

  test('of a device', () => refuses('NOT_A_FILE', /give the path of the file/, { at: '/dev/null' }));

  test('with a name that is too long, or whose compaction would have one', async () => {
    await refuses('PATH_TOO_LONG', /give a shorter path/, { at: folder.path('x'.repeat(256)) });
    await refuses('PATH_TOO_LONG', /give a shorter path/, {
      at: folder.path('x'.repeat(250)),
      modes: [{}, { mustNotExist: true }],
    });
    const fits = await Store.open(fileLog(folder.path('x'.repeat(255 - '.compacting'.length))));
    await fits.set('a', 1);
    await fits.compact();
    await fits.close();
  });

  test('that is too long as a whole', () =>
    refuses('PATH_TOO_LONG', /give a shorter path/, { at: folder.path('x/'.repeat(2100)) }));

  test('of a link that leads nowhere', async () => {
    symlinkSync(folder.path('nowhere'), path);
    await refuses('IO', /symbolic link to nothing/, { modes: [{}] });
    await refuses('MISSING', /open it for writing/, { modes: [{ readOnly: true }, { mustExist: true }] });
    await refuses('EXISTS', /give another path/, { modes: [{ mustNotExist: true }] });
  });

  test('of links that lead in a circle', async () => {
    symlinkSync(path, folder.path('b'));
    symlinkSync(folder.path('b'), path);
    await refuses('IO', /in a circle/);
  });

  test('where nothing is, for who needs something', () =>
    refuses('MISSING', /open it for writing/, { modes: [{ readOnly: true }, { mustExist: true }] }));

  test('where something is, for who needs nothing', async () => {
    await (await Store.open(fileLog(path))).close();
    await refuses('EXISTS', /give another path/, { modes: [{ mustNotExist: true }] });
  });
});

describe('a file', () => {
  test('of something else', async () => {
    writeFileSync(path, 'hello');
    await refuses('NOT_ISOKV', /give another path/);
  });

  test('of a newer version', async () => {
    const newer = writeSuperblock(4096);
    newer[11] = 2;
    writeFileSync(path, newer);
    await refuses('UNKNOWN_VERSION', /open it with a newer isokv/);
  });

  test('that another store has open for writing', async () => {
    const store = await Store.open(fileLog(path), { durability: 'relaxed' });
    await store.set('a', 1);
    await refuses('LOCKED', /use that store, or close it first/, { modes: [{}, { mustExist: true }] });
    await store.close();
  });

  test('that may not be read', () =>
    refuses('PERMISSION', /give this process permission/, { fs: failing('EACCES', 'open') }));

  test('in a folder that may not be written', () =>
    refuses('PERMISSION', /give this process permission/, { fs: failing('EACCES', 'open'), modes: [{}] }));

  test('on a disk that is mounted read-only, which can still be read', async () => {
    const store = await Store.open(fileLog(path), { durability: 'relaxed' });
    await store.set('a', 1);
    await store.close();
    const fs = new FaultyFileSystem();
    const readOnlyDisk: FileSystem = {
      ...nodeFileSystem,
      open: (at, flags, mode) =>
        flags === 'r' ? fs.open(at, flags, mode) : Promise.reject(systemError('EROFS')),
      unlink: () => Promise.reject(systemError('EROFS')),
    };
    await refuses('READ_ONLY_MEDIUM', /open it with readOnly/, {
      fs: readOnlyDisk,
      modes: [{}, { mustExist: true }],
    });
    const reader = await Store.open(fileLog(path, { fs: readOnlyDisk }), { readOnly: true });
    expect(reader.get('a')).toBe(1);
    await reader.refresh();
    await reader.close();
  });
});

const isRoot = process.getuid?.() === 0;

test.runIf(isRoot)('a user who has no permission is told so by the system itself', async () => {
  await (await Store.open(fileLog(path))).close();
  chmodSync(folder.path('.'), 0o755);
  const before = snapshot();
  process.seteuid?.(65534);
  try {
    for (const options of MODES) {
      await expect(Store.open(fileLog(path), options)).rejects.toMatchObject({ code: 'PERMISSION' });
    }
    await expect(Store.open(fileLog(folder.path('new')))).rejects.toMatchObject({ code: 'PERMISSION' });
  } finally {
    process.seteuid?.(0);
  }
  expect(snapshot()).toEqual(before);
});

test('a disk that the system has mounted read-only', async (context) => {
  const at = folder.path('disk');
  mkdirSync(at);
  await (await Store.open(fileLog(join(at, 'a')))).close();
  const mounted = spawnSync('sh', ['-c', 'mount --bind "$0" "$0" && mount -o remount,bind,ro "$0"', at]);
  if (mounted.status !== 0)
    return context.skip('mounting is not allowed here: the injected error stands for it');
  try {
    await refuses('READ_ONLY_MEDIUM', /open it with readOnly/, { at: join(at, 'a'), modes: [{}] });
    await refuses('READ_ONLY_MEDIUM', /open it with readOnly/, { at: join(at, 'b'), modes: [{}] });
    const reader = await Store.open(fileLog(join(at, 'a')), { readOnly: true });
    await reader.close();
  } finally {
    spawnSync('umount', [at]);
  }
});
