/** What is written at once while calls of another kind are under way: they cannot be waited for, nor taken back. */
import { statSync, truncateSync } from 'node:fs';
import { Store } from '@isokv/core';
import { beforeEach, describe, expect, test } from 'vitest';
import { fileLog } from './file-log.ts';
import { type Call, systemError } from './testing/call.ts';
import { FaultyFileSystem } from './testing/faulty-file-system.ts';
import { folderOfEachTest } from './testing/folder-of-each-test.ts';

const folder = folderOfEachTest();
let path: string;
let fs: FaultyFileSystem;
beforeEach(() => {
  path = folder.path('a.isokv');
  fs = new FaultyFileSystem();
});

const open = (): Promise<Store> => Store.open(fileLog(path, { fs }));

/** What a process finds that opens the file now. */
async function found(): Promise<Record<string, unknown>> {
  await fs.die();
  const store = await Store.open(fileLog(path));
  const entries = Object.fromEntries(store.entries());
  await store.verify();
  await store.close();
  return entries;
}

/** Resolves when a call comes that `wanted` names, and holds it up until `go` is called. */
function holding(wanted: (call: Call) => boolean): { reached: Promise<void>; go: () => void } {
  let go = (): void => undefined;
  const gate = new Promise<void>((resolve) => {
    go = resolve;
  });
  const reached = new Promise<void>((resolve) => {
    fs.before = async (call) => {
      if (!wanted(call)) return undefined;
      fs.before = () => undefined;
      resolve();
      await gate;
      return undefined;
    };
  });
  return { reached, go };
}

const isZeros = ({ operation, chunks }: Call): boolean =>
  operation === 'writev' && chunks[0]?.length === 65536;

describe('flushSync', () => {
  test.each<[string, (call: Call) => boolean]>([
    ['written', ({ operation }) => operation === 'writev'],
    ['synced', ({ operation }) => operation === 'fdatasync'],
  ])('while an append is being %s writes both, whichever ends first', async (_, wanted) => {
    const store = await open();
    await store.set('a', 1);
    await new Promise((resolve) => setTimeout(resolve, 10)); // The zeros are there.
    const { reached, go } = holding(wanted);
    const first = store.set('b', 'x'.repeat(1000));
    await reached;
    const second = store.set('c', 3);
    store.flushSync();
    await Promise.all([first, second]);
    const third = store.set('d', 4);
    store.flushSync(); // What is under way has been written, and still holds on.
    await third;
    go();
    await store.set('e', 5);
    await store.close();
    expect(await found()).toEqual({ a: 1, b: 'x'.repeat(1000), c: 3, d: 4, e: 5 });
  });

  test('syncs when it is to be strict, and only then', async () => {
    for (const [durability, syncs] of [
      ['strict', 1],
      ['relaxed', 0],
    ] as const) {
      const store = await Store.open(fileLog(path, { fs }), { durability });
      await store.set('a', 1);
      fs.calls.length = 0;
      void store.set('b', 2);
      store.flushSync();
      expect(fs.operations('fdatasyncSync').length).toBe(syncs);
      await store.close();
    }
  });

  test('of a new file makes its name durable', async () => {
    const store = await open();
    void store.set('a', 1);
    store.flushSync();
    expect(fs.operations('writevSync', 'fdatasyncSync', 'syncDirectorySync').slice(-3)).toEqual([
      'writevSync',
      'fdatasyncSync',
      'syncDirectorySync',
    ]);
    await store.close();
  });

  test('waits for zeros that go where it writes', async () => {
    const store = await open();
    let polls = 0;
    fs.before = (call) => {
      if (call.operation === 'statSync') polls++;
      return undefined;
    };
    await store.set('a', 1); // Now they are on their way.
    void store.set('b', 2);
    store.flushSync();
    expect(polls).toBeGreaterThan(0);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(await found()).toEqual({ a: 1, b: 2 });
  });

  test('says so when zeros that go where it writes do not come', async () => {
    const store = await open();
    const { reached, go } = holding(isZeros);
    await store.set('a', 1);
    await reached;
    const written = store.set('b', 2);
    expect(() => store.flushSync()).toThrow(expect.objectContaining({ code: 'IO' }));
    go();
    await written.catch(() => undefined);
    await store.flush();
    await store.close();
    expect(await found()).toEqual({ a: 1, b: 2 });
  });

  test('that fails is like an append that does', async () => {
    const store = await open();
    store.on('error', () => undefined);
    await store.set('a', 1);
    await new Promise((resolve) => setTimeout(resolve, 10));
    const cause = systemError('EIO');
    fs.before = (call) => {
      if (call.operation === 'fdatasyncSync') throw cause;
      return undefined;
    };
    void store.set('b', 2).catch(() => undefined);
    expect(() => store.flushSync()).toThrow(expect.objectContaining({ code: 'IO', cause }));
    fs.before = () => undefined;
    await store.flush();
    await store.set('c', 3);
    await store.close();
    expect(await found()).toEqual({ a: 1, b: 2, c: 3 });
  });

  test.each([false, true])('while a torn tail is cut off (begun: %s) writes in its place', async (begun) => {
    const store = await openTorn();
    expect(store.stats().torn).toBeDefined();
    let written: Promise<void> | undefined;
    if (begun) {
      const { reached, go } = holding(({ operation }) => operation === 'fsync');
      written = store.set('b', 2);
      await reached;
      store.flushSync();
      go();
    } else {
      written = store.set('b', 2);
      store.flushSync();
    }
    await written;
    await store.set('c', 3);
    await store.close();
    expect(await found()).toEqual({ a: 1, b: 2, c: 3 });
  });
});

/** A store whose last writer was killed, and its last append torn. */
async function openTorn(): Promise<Store> {
  const store = await Store.open(fileLog(path, { fs }), { durability: 'relaxed' });
  await store.set('a', 1);
  await store.set('b', 'x'.repeat(500));
  await fs.die();
  truncateSync(path, statSync(path).size - 7);
  return open();
}

describe('flushSync while a compaction', () => {
  test.each<[string, Call['operation'], boolean]>([
    ['writes', 'writev', false],
    ['syncs the new file', 'fsync', false],
    ['is about to rename it', 'rename', false],
    ['syncs the folder', 'syncDirectory', true],
  ])('%s loses nothing', async (_, operation, isNew) => {
    const store = await open();
    store.on('error', () => undefined);
    for (let i = 0; i < 50; i++) await store.set('text', 'x'.repeat(i * 10));
    const { ino } = statSync(path);
    const { reached, go } = holding(
      (call) => call.operation === operation && (call.path.endsWith('.compacting') || isNew),
    );
    const compacted = store.compact();
    await reached;
    const written = store.set('late', 1);
    store.flushSync();
    expect(statSync(path).ino !== ino).toBe(isNew);
    go();
    await Promise.all([compacted, written]); // One that gave way has been made again.
    expect(statSync(path).ino).not.toBe(ino);
    await store.set('last', 2);
    await store.close();
    expect(await found()).toEqual({ text: 'x'.repeat(490), late: 1, last: 2 });
    expect(fs.handles).toBe(0);
  });

  test('whose rename has happened without a word goes on with the new file', async () => {
    const store = await open();
    for (let i = 0; i < 50; i++) await store.set('text', 'x'.repeat(i * 10));
    let seen = 0;
    fs.before = async (call) => {
      if (call.operation !== 'rename') return undefined;
      fs.before = () => undefined;
      // Done by another thread; who asked for it learns of it only later.
      await fs.rename(call.path, path);
      const { ino } = statSync(path);
      void store.set('late', 1);
      store.flushSync();
      seen++;
      expect(statSync(path).ino).toBe(ino);
      await fs.rename(path, call.path); // For the call itself to do it.
      return undefined;
    };
    await store.compact();
    expect(seen).toBe(1);
    await store.set('last', 2);
    await store.close();
    expect(await found()).toEqual({ text: 'x'.repeat(490), late: 1, last: 2 });
    expect(fs.handles).toBe(0);
  });
});
