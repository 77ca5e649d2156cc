/** Locks among processes, some of which are killed, and what a process leaves that ends without a word. */
import { readdirSync, readFileSync, readlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { type Log, Store } from '@isokv/core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { fileLog } from './file-log.ts';
import { jsonFile } from './json/json-file.ts';
import { linkLock } from './lock/link-lock.ts';
import { nodeFileSystem } from './node-file-system.ts';
import { type Child, childrenOf } from './testing/children/bundle.ts';
import { temporaryFolder } from './testing/logs.ts';

/** ISOKV_LOCK_SECTIONS: how many critical sections; README.md. */
const SECTIONS = Number(process.env['ISOKV_LOCK_SECTIONS'] ?? 20_000);
/** Far more than it takes: a machine that is busy is not at fault. */
const TAKEOVER_MOST_MS = 10_000;
const TIMEOUT_MS = 300_000;

let folder: ReturnType<typeof temporaryFolder>;
let children: Awaited<ReturnType<typeof childrenOf>>;
let path: string;

function withChildren(name: string): void {
  beforeEach(async () => {
    folder = temporaryFolder();
    path = folder.path('a.isokv');
    children = await childrenOf(name);
  });
  afterEach(() => {
    children.remove();
    folder.remove();
  });
}

/** Runs six processes to their end, three of which kill themselves while they hold the lock. */
async function compete(sections: number, ...args: string[]): Promise<void> {
  for (const name of ['journal', 'inside', 'report']) writeFileSync(folder.path(name), '');
  const each = Math.floor(sections / 20);
  const ended = await Promise.all(
    [each, each * 2, each * 3, 0, 0, 0].map(
      (dieAfter) =>
        children.start(...args, folder.path('.'), `${sections}`, `${dieAfter || sections * 10}`).ended,
    ),
  );
  expect(ended.map(({ errors }) => errors).join('')).toBe('');
  expect(ended.filter(({ signal }) => signal === 'SIGKILL').length).toBe(3);
  expect(readFileSync(folder.path('journal')).length).toBeGreaterThanOrEqual(sections);
}

describe('six processes, three of them killed while they hold it', () => {
  describe('a lock', () => {
    withChildren('lock-child');

    test.each([
      ['of this machine', 'machine', SECTIONS],
      ['by file', 'link', SECTIONS / 10],
    ])(
      '%s is held by one at a time, and goes on to the next at once',
      async (_, kind, sections) => {
        await compete(sections, kind);
        const report = readFileSync(folder.path('report'), 'latin1').trim().split('\n');
        const takeovers_ms = report.map((line) => Number(/^takeover (\d+)$/.exec(line)?.[1]));
        process.stdout.write(
          `${kind}: ${sections} sections; taken over after ${takeovers_ms.join(', ')} ms\n`,
        );
        expect(report.length).toBe(3);
        for (const duration_ms of takeovers_ms) expect(duration_ms).toBeLessThan(TAKEOVER_MOST_MS);
      },
      TIMEOUT_MS,
    );
  });

  describe('a store', () => {
    withChildren('store-child');

    test(
      'is written by one at a time, and loses nothing that was acknowledged',
      async () => {
        await compete(SECTIONS / 50);
        const acknowledged = readFileSync(folder.path('journal')).length;
        const store = await Store.open(fileLog(path));
        expect(store.get('count')).toBe(acknowledged);
        await store.close();
      },
      TIMEOUT_MS,
    );
  });
});

describe('a process that ends without closing its store', () => {
  withChildren('exit-child');

  test.each([
    ['exit', { code: 7, signal: null }, 2],
    ['exit in a microtask', { code: 7, signal: null }, 2],
    ['uncaught error', { code: 1, signal: null }, 2],
    ['SIGINT', { code: null, signal: 'SIGINT' }, 2],
    ['SIGTERM', { code: null, signal: 'SIGTERM' }, 2],
    ['own listener', { code: 3, signal: null }, 2],
    ['two listeners', { code: null, signal: 'SIGINT' }, 2],
    ['exit while it compacts', { code: 7, signal: null }, 3],
    ['nothing', { code: 0, signal: null }, 2],
    ['backups', { code: 0, signal: null }, 2],
  ])(
    '%s: has written all, and ends as it was to',
    async (how, expected, entries) => {
      for (let round = 0; round < 3; round++) {
        const { code, signal } = await children.start(how, path + round).ended;
        expect({ code, signal }).toEqual(expected);
        const store = await Store.open(fileLog(path + round));
        expect([...store.entries()]).toEqual(Object.entries({ a: 1, b: 2, c: 3 }).slice(0, entries));
        await store.verify();
        await store.close();
      }
    },
    TIMEOUT_MS,
  );

  test.each([
    ['exit', 'commit', { code: 7, signal: null }, 2],
    ['exit in a microtask', 'commit', { code: 7, signal: null }, 2],
    ['uncaught error', 'commit', { code: 1, signal: null }, 2],
    ['SIGINT', 'commit', { code: null, signal: 'SIGINT' }, 2],
    ['exit while it compacts', 'commit', { code: 7, signal: null }, 3],
    ['exit', 'manual', { code: 7, signal: null }, 2],
    ['nothing', 'manual', { code: 0, signal: null }, 2],
    ['SIGTERM', 'later', { code: null, signal: 'SIGTERM' }, 2],
  ])(
    '%s: has written all to a JSON file, too, with autosave %s',
    async (how, autosave, expected, entries) => {
      const { code, signal, errors } = await children.start(how, path, autosave).ended;
      expect({ code, signal }).toEqual(expected);
      if (how !== 'uncaught error') expect(errors).toBe('');
      const store = await Store.open(jsonFile(path));
      expect([...store.entries()]).toEqual(Object.entries({ a: 1, b: 2, c: 3 }).slice(0, entries));
      await store.close();
      expect(readFileSync(path).equals(readFileSync(`${path}.bak`))).toBe(true);
      expect(readdirSync(folder.path('.')).sort()).toEqual(['a.isokv', 'a.isokv.bak']);
    },
    TIMEOUT_MS,
  );

  test(
    'has one listener for all its stores, while there are any',
    async () => {
      const { output, errors, code } = await children.start('many', path).ended;
      expect({ output, errors, code }).toEqual({ output: '1 1\n0 0\n', errors: '', code: 0 });
    },
    TIMEOUT_MS,
  );
});

describe.runIf(process.platform === 'linux')('a process that is stopped while it has a store open', () => {
  withChildren('paused-child');

  const byFile = { ...nodeFileSystem, lock: linkLock };

  async function stopped(...args: string[]): Promise<Child> {
    const child = children.start(...args);
    const stateOf = (): string | undefined =>
      /\) (.)/.exec(readFileSync(`/proc/${child.process.pid}/stat`, 'latin1'))?.[1];
    while (stateOf() !== 'T') await new Promise((resolve) => setTimeout(resolve, 5));
    return child;
  }

  test(
    'keeps its lock, which the system gives to nobody else, and goes on to write',
    async () => {
      const { process, ended } = await stopped('set', path, 'machine');
      for (let attempt = 0; attempt < 3; attempt++)
        await expect(Store.open(fileLog(path))).rejects.toMatchObject({ code: 'LOCKED', pid: process.pid });
      process.kill('SIGCONT');
      expect((await ended).output).toBe('written done');
      const store = await Store.open(fileLog(path));
      expect([...store.keys()]).toEqual(['first', 'late']);
      await store.close();
    },
    TIMEOUT_MS,
  );

  test.each(['set', 'set at once', 'compact', 'close', 'destroy'])(
    'and whose lock file was removed by hand can no longer %s',
    async (how) => {
      const { process, ended } = await stopped(how, path, 'link');
      const log = (): Log => fileLog(path, { fs: byFile });
      await expect(Store.open(log())).rejects.toMatchObject({ code: 'LOCKED', pid: process.pid });
      unlinkSync(`${path}.lock`);
      const store = await Store.open(log(), { durability: 'relaxed' });
      expect([...store.keys()]).toEqual(['first']);
      await store.set('second', 2);
      const [file, lock] = [readFileSync(path), readlinkSync(`${path}.lock`)];
      process.kill('SIGCONT');
      expect((await ended).output).toBe('written LOCKED');
      expect(readFileSync(path).equals(file)).toBe(true);
      expect(readlinkSync(`${path}.lock`)).toBe(lock);
      expect(readdirSync(folder.path('.')).sort()).toEqual(['a.isokv', 'a.isokv.lock']);
      await store.set('third', 3);
      await store.close();
      const again = await Store.open(fileLog(path));
      expect([...again.keys()]).toEqual(['first', 'second', 'third']);
      await again.verify();
      await again.close();
    },
    TIMEOUT_MS,
  );
});

describe('four processes that write one JSON file', () => {
  withChildren('json-child');

  test(
    'never overwrite what another wrote, and nobody ever sees a file that is not whole',
    async () => {
      const each = 25;
      writeFileSync(path, '{}');
      const all = [1, 2, 3, 4].map((name) => children.start(path, `${name}`, `${each}`).ended);
      let running = true;
      const ended = Promise.all(all).finally(() => {
        running = false;
      });
      let seen = 0;
      while (running) {
        const size = Object.keys(JSON.parse(readFileSync(path, 'utf8'))).length;
        expect(size).toBeGreaterThanOrEqual(seen); // Nothing that was written is ever gone again.
        seen = size;
        await new Promise(setImmediate);
      }
      const outcomes = await ended;
      expect(outcomes.map(({ code, errors }) => ({ code, errors }))).toEqual(
        all.map(() => ({ code: 0, errors: '' })),
      );
      expect(outcomes.reduce((sum, { output }) => sum + Number(output), 0)).toBeGreaterThan(0);
      expect(Object.keys(JSON.parse(readFileSync(path, 'utf8'))).length).toBe(4 * each);
      expect(readdirSync(folder.path('.')).sort()).toEqual(['a.isokv', 'a.isokv.bak']);
    },
    TIMEOUT_MS,
  );
});

describe('a reader beside a process that writes and compacts without end', () => {
  withChildren('writer-child');

  test(
    'sees whole commits, each time more of them, and no damage; then the writer is killed',
    async () => {
      const writer = children.start(path);
      const opened = await openWhenThere();
      let seen = -1;
      let restarts = 0;
      for (let round = 0; round < 300 || restarts <= 10; round++) {
        await opened.refresh();
        const count = (opened.get('a') as number | undefined) ?? 0;
        expect(opened.get('b') ?? 0).toBe(count);
        expect(count).toBeGreaterThanOrEqual(seen);
        if (count > seen) restarts++;
        seen = count;
        if (round % 30 !== 0) continue;
        const fresh = await Store.open(fileLog(path), { readOnly: true });
        expect(fresh.get('a')).toBe(fresh.get('b'));
        expect(fresh.get('a') ?? 0).toBeGreaterThanOrEqual(seen);
        await fresh.close();
      }
      const { pid } = writer.process;
      await expect(Store.open(fileLog(path))).rejects.toMatchObject({ code: 'LOCKED', pid });
      writer.process.kill('SIGSTOP'); // It cannot answer, and holds its lock all the same.
      await expect(Store.open(fileLog(path))).rejects.toThrow(`in process ${pid}`);
      writer.process.kill('SIGKILL');
      await writer.ended;
      const store = await Store.open(fileLog(path));
      expect(store.get('a')).toBe(store.get('b'));
      expect(store.get('a')).toBeGreaterThanOrEqual(seen);
      await store.close();
      await opened.refresh();
      expect(opened.get('a')).toBe(opened.get('b'));
      await opened.close();
    },
    TIMEOUT_MS,
  );
});

/** A process needs a moment to make its file. */
async function openWhenThere(): Promise<Store> {
  while (true) {
    try {
      return await Store.open(fileLog(path), { readOnly: true });
    } catch (error) {
      if ((error as { code?: string }).code !== 'MISSING') throw error;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }
}
