/** Backups that a store makes by itself. Time stands still unless a test moves it. */
import { readdirSync, utimesSync } from 'node:fs';
import { Store } from '@isokv/core';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type FileLogOptions, fileLog } from './file-log.ts';
import { systemError } from './testing/call.ts';
import { FaultyFileSystem } from './testing/faulty-file-system.ts';
import { temporaryFolder } from './testing/logs.ts';

const EVERY_MS = 1000;

let folder: ReturnType<typeof temporaryFolder>;
let path: string;
let fs: FaultyFileSystem;
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
  folder = temporaryFolder();
  path = folder.path('a.isokv');
  fs = new FaultyFileSystem();
});
afterEach(() => {
  vi.useRealTimers();
  folder.remove();
});

const names = (): string[] => readdirSync(folder.path('.')).sort();
const open = (backups: FileLogOptions['backups'] = { keep: 2, everyMs: EVERY_MS }): Promise<Store> =>
  Store.open(fileLog(path, { fs: counted(fs), backups }));
/** How many backups have got their name. */
const made = (): number =>
  fs.calls.filter((call) => call.operation === 'rename' && call.path.endsWith('.part')).length;

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise(setImmediate);
}

let underWay = 0;

/** The same object, whose promises are counted while they are under way. */
function counted<T extends object>(target: T): T {
  return new Proxy(target, {
    get(_, name) {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== 'function') return member;
      return (...args: unknown[]) => {
        const result: unknown = member.apply(target, args);
        if (!(result instanceof Promise)) return result;
        underWay++;
        return result
          .then((value) => (name === 'open' ? counted(value as object) : value))
          .finally(() => {
            underWay--;
          });
      };
    },
  });
}

/** What is under way comes to its end; timers do not. */
async function settled(): Promise<void> {
  for (let idle = 0; idle < 20; idle = underWay === 0 ? idle + 1 : 0) await new Promise(setImmediate);
}

async function contentOf(name: string): Promise<Record<string, unknown>> {
  const store = await Store.open(fileLog(folder.path(name)), { readOnly: true });
  const content = Object.fromEntries(store.entries());
  await store.close();
  return content;
}

test('one is made with the first write, then one a period in which something has changed', async () => {
  const store = await open();
  await settled();
  expect(names()).toEqual(['a.isokv']);
  for (let n = 1; n <= 4; n++) {
    await store.set('n', n);
    await until(() => made() === n);
    await settled();
    expect(await contentOf('a.isokv.backup')).toEqual({ n });
    await vi.advanceTimersByTimeAsync(5 * EVERY_MS); // Nothing changes, and nothing happens.
    await settled();
    expect(made()).toBe(n);
    expect(vi.getTimerCount()).toBe(0);
  }
  expect(names()).toEqual(['a.isokv', 'a.isokv.backup', 'a.isokv.backup.1']);
  expect(await contentOf('a.isokv.backup.1')).toEqual({ n: 3 });
  await store.close();
});

test('writes within a period are in one backup, at its end', async () => {
  const store = await open();
  await store.set('n', 0);
  await until(() => made() === 1);
  await settled();
  for (let n = 1; n <= 3; n++) {
    await store.set('n', n);
    await vi.advanceTimersByTimeAsync(EVERY_MS / 4);
    await settled();
  }
  expect(made()).toBe(1);
  await vi.advanceTimersByTimeAsync(EVERY_MS);
  await until(() => made() === 2);
  await store.close();
  expect(await contentOf('a.isokv.backup')).toEqual({ n: 3 });
});

test('the period goes on over sessions: a program that starts again and again does not push old ones out', async () => {
  const last = folder.path('a.isokv.backup');
  const session = async (n: number): Promise<void> => {
    const store = await open();
    await store.set('n', n);
    await settled();
    await store.close();
  };
  await session(1);
  const madeAt = new Date(Date.now() - 1); // A file system may round it.
  utimesSync(last, madeAt, madeAt);
  await session(2);
  expect(made()).toBe(1);
  await vi.advanceTimersByTimeAsync(EVERY_MS);
  await session(3);
  expect(made()).toBe(2);
  expect(await contentOf('a.isokv.backup')).toEqual({ n: 3 });
});

test('one that fails is an error event; the store goes on, and the next one works', async () => {
  const store = await open();
  const errors: unknown[] = [];
  store.on('error', (error) => errors.push(error));
  fs.before = (call) => {
    if (call.path.includes('.backup')) throw systemError('ENOSPC');
    return undefined;
  };
  await store.set('n', 1);
  await until(() => errors.length === 1);
  expect(errors).toMatchObject([{ code: 'IO', cause: { code: 'ENOSPC' } }]);
  await store.set('n', 2);
  expect(store.stats().health).toBe('ok');
  fs.before = () => undefined;
  await vi.advanceTimersByTimeAsync(EVERY_MS);
  await until(() => made() === 1);
  await store.close();
  expect(errors.length).toBe(1);
  expect(await contentOf('a.isokv.backup')).toEqual({ n: 2 });
  expect(names()).toEqual(['a.isokv', 'a.isokv.backup']);
});

test('what was refused and came to the log later is in the next one', async () => {
  const store = await open();
  store.on('error', () => undefined);
  await store.set('n', 1);
  await until(() => made() === 1);
  await settled();
  await vi.advanceTimersByTimeAsync(EVERY_MS);
  fs.before = (call) => {
    if (call.path === path && call.operation === 'writev') throw systemError('EIO');
    return undefined;
  };
  await expect(store.set('n', 2)).rejects.toMatchObject({ code: 'IO' });
  await until(() => made() === 2);
  await settled();
  fs.before = () => undefined;
  await vi.advanceTimersByTimeAsync(EVERY_MS);
  await store.set('n', 3); // By a replacement of the whole log.
  await until(() => made() === 3);
  await store.close();
  expect(await contentOf('a.isokv.backup')).toEqual({ n: 3 });
});

test('a close at any moment of one waits for it, and leaves nothing half done', async () => {
  let reached = true;
  for (let at = 0; reached; at++) {
    fs = new FaultyFileSystem();
    const store = await open();
    let calls = 0;
    let left: string[] | undefined;
    const close = async (): Promise<void> => {
      await store.close();
      left = names();
      expect(fs.handles).toBe(0);
    };
    let closed: Promise<void> | undefined;
    fs.before = (call) => {
      if (call.path.includes('.backup') && calls++ === at) closed = close();
      return undefined;
    };
    await store.set('n', at);
    await settled();
    reached = closed !== undefined;
    await (closed ?? close());
    expect(left?.filter((name) => name !== 'a.isokv.backup')).toEqual(['a.isokv']);
    expect(left).toEqual(names());
    if (made() === 1) expect(await contentOf('a.isokv.backup')).toEqual({ n: at });
    expect(vi.getTimerCount()).toBe(0);
    await (await Store.open(fileLog(path))).destroy();
    await fileLog(folder.path('a.isokv.backup')).destroy();
    expect(names()).toEqual([]);
  }
}, 30_000);

test('a store that is only read makes none', async () => {
  await (await Store.open(fileLog(path))).close();
  const store = await Store.open(fileLog(path, { backups: { everyMs: 1 } }), { readOnly: true });
  await store.refresh();
  await store.close();
  expect(names()).toEqual(['a.isokv']);
});

test('beside them, too, a compaction of which nobody knows whether it has happened is made again', async () => {
  const store = await open();
  const health: string[] = [];
  store.on('health', ({ status }) => health.push(status));
  await store.set('n', 1);
  await until(() => made() === 1 && underWay === 0);
  fs.before = ({ operation }) => {
    if (operation === 'syncDirectory') throw systemError('EIO');
    return undefined;
  };
  await expect(store.compact()).rejects.toMatchObject({ code: 'IO' });
  fs.before = () => undefined;
  await store.set('n', 2);
  expect(health).toEqual(['degraded', 'ok']);
  await store.close();
});

test('they can be kept elsewhere', async () => {
  const store = await open({ path: folder.path('elsewhere') });
  await store.set('n', 1);
  await until(() => made() === 1);
  await store.close();
  expect(names()).toEqual(['a.isokv', 'elsewhere']);
});

test.each([
  { keep: 0 },
  { keep: 1.5 },
  { everyMs: 0 },
  { everyMs: 2 ** 31 },
  { everyMs: '1h' as never },
  { path: '' },
  { path: 'a\0' },
  { path: 'a.isokv' },
  { often: true } as never,
])('%o is refused', (backups) => {
  expect(() => fileLog('a.isokv', { backups })).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
});
