/** A store that is closed or destroyed while it is compacted or backed up. */
import { Store } from '@isokv/core';
import { describe, expect, test } from 'vitest';
import { backupFile } from './backup-file.ts';
import { fileLog } from './file-log.ts';
import { HostileFileSystem } from './testing/hostile/hostile-file-system.ts';

type Work = (store: Store, fs: HostileFileSystem) => Promise<void>;

const works: Record<string, Work> = {
  compacted: (store) => store.compact(),
  'backed up': (store, fs) => store.backup(fileLog('/backup', { fs })),
  'backed up to a file': (store, fs) => backupFile(store, '/backup', { fs }),
};

const CLOSED = expect.objectContaining({ code: 'CLOSED' });

async function contentOf(fs: HostileFileSystem, path: string): Promise<Record<string, unknown>> {
  const store = await Store.open(fileLog(path, { fs }), { mustExist: true });
  const content = Object.fromEntries(store.entries());
  await store.verify();
  await store.close();
  return content;
}

/** Closes or destroys a store at the call with this number. @returns what became of the work, if there was such a call */
async function endAt(
  at: number,
  how: 'close' | 'destroy',
  work: Work,
): Promise<'done' | 'refused' | undefined> {
  const fs = new HostileFileSystem();
  const store = await Store.open(fileLog('/a', { fs }));
  await store.setMany([
    ['a', 1],
    ['b', 2],
  ]);
  let ending: Promise<unknown> | undefined;
  const end = (): void => {
    const late = store.set('late', 4); // In the same turn, and yet it is to be there.
    const ended = store[how]().then(() => {
      expect(fs.namesIn('/').filter((name) => /^a|backup\.compacting/.test(name))).toEqual(
        how === 'close' ? ['a'] : [],
      );
    });
    expect(() => store.set('too late', 5)).toThrow(CLOSED);
    ending = Promise.all([late, ended]);
  };
  let calls = 0;
  fs.before = () => {
    if (calls++ === at) queueMicrotask(end);
    return undefined;
  };
  const done = work(store, fs).then(
    () => true,
    (error) => {
      expect(error).toEqual(CLOSED); // It had not begun yet to write the store.
      return false;
    },
  );
  await store.set('c', 3);
  const isDone = await done;
  fs.before = undefined;
  const reached = calls > at;
  if (reached) while (!ending) await Promise.resolve();
  else end();
  await ending;
  expect(() => store.get('a')).toThrow(CLOSED);
  expect(fs.handles).toBe(0);
  const backup = isDone && work !== works['compacted'] ? ['backup'] : [];
  expect(fs.namesIn('/')).toEqual(how === 'close' ? ['a', ...backup] : backup);
  if (how === 'close') expect(await contentOf(fs, '/a')).toEqual({ a: 1, b: 2, c: 3, late: 4 });
  if (backup.length > 0) expect(await contentOf(fs, '/backup')).toMatchObject({ a: 1, b: 2 });
  if (!reached) return undefined;
  return isDone ? 'done' : 'refused';
}

describe.each(Object.entries(works))('while it is %s', (_, work) => {
  test.each(['close', 'destroy'] as const)(
    'a %s at any moment breaks nothing and leaves nothing',
    async (how) => {
      let moments = 0;
      while (await endAt(moments, how, work)) moments++;
      expect(moments).toBeGreaterThan(10);
    },
    60_000,
  );
});
