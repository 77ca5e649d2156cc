import { existsSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { Store } from '@isokv/core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { FaultyFileSystem } from '../testing/faulty-file-system.ts';
import { JsonFolder } from '../testing/json-folder.ts';
import { jsonFile } from './json-file.ts';

let folder: JsonFolder;
beforeEach(() => {
  folder = new JsonFolder();
});
afterEach(() => folder.remove());

describe('somebody else', () => {
  const edited = '{"edited": {"value": 1, "expires_at": null}}';
  const external = { code: 'EXTERNAL_CHANGE' };

  test.each([
    ['changes', () => writeFileSync(folder.path, edited)],
    ['removes', () => unlinkSync(folder.path)],
    ['cuts', () => writeFileSync(folder.path, folder.text().slice(0, 20))],
  ])('who %s the file between two writes is not written over', async (_, edit) => {
    const store = await folder.open();
    await store.set('a', 1);
    edit();
    const after = existsSync(folder.path) && folder.text();
    await expect(store.set('a', 2)).rejects.toMatchObject(external);
    await expect(store.set('b', 2)).rejects.toMatchObject(external);
    await expect(store.compact()).rejects.toMatchObject(external);
    expect(store.get('a')).toBe(2);
    expect(store.stats().health).toBe('degraded');
    await expect(store.close()).rejects.toMatchObject(external);
    expect(existsSync(folder.path) && folder.text()).toBe(after);
    expect(folder.names().filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  test('who creates the file before the first write is not written over', async () => {
    const store = await folder.open();
    writeFileSync(folder.path, edited);
    await expect(store.set('a', 1)).rejects.toMatchObject(external);
    expect(folder.text()).toBe(edited);
    await store.close().catch(() => undefined);
  });

  test('who writes the same bytes, or only touches the file, has changed nothing', async () => {
    const store = await folder.open();
    await store.set('a', 1);
    const same = folder.text();
    rmSync(folder.path);
    writeFileSync(folder.path, same);
    await store.set('a', 2);
    expect(folder.text()).toContain('"a": {"value": 2');
    await store.close();
  });

  test.each([
    ['small', 1],
    ['large', 300_000],
  ])(
    'who changes a %s file before the last look at it, at any moment of a write, is not written over',
    async (_, length) => {
      let moments = 1;
      let refused = 0;
      for (let at = 0; at < moments; at++) {
        const fs = new FaultyFileSystem();
        const store = await folder.open({ fs });
        await store.set('text', 'x'.repeat(length));
        fs.calls.length = 0;
        fs.before = () => {
          if (fs.calls.length === at + 1) writeFileSync(folder.path, edited);
          return undefined;
        };
        const written = store.set('b', at);
        const code = await written.then(
          () => 'written',
          (error) => error.code,
        );
        fs.before = () => undefined;
        const names = fs.operations('openSync', 'renameSync');
        const calls = fs.calls.map(({ operation }) => operation);
        moments = Math.max(moments, calls.length);
        if (code === 'EXTERNAL_CHANGE') {
          refused++;
          expect(folder.text()).toBe(edited);
          expect(names).not.toContain('renameSync');
        } else {
          // Within the last look, or after it: there is nothing to wait for between that and the renames.
          expect(code).toBe('written');
          expect(at).toBeGreaterThan(calls.indexOf('openSync'));
          const [last, backup, file] = [calls.indexOf('closeSync'), ...indexesOf('renameSync', calls)];
          expect([backup, file]).toEqual([(last as number) + 1, (last as number) + 2]);
        }
        await store.close().catch(() => undefined);
        folder.empty();
      }
      expect(refused).toBeGreaterThan(10);
    },
  );

  test.each([
    ['the same name', (made: JsonFolder) => made.path],
    ['a symbolic link', (made: JsonFolder) => made.at('link')],
  ])(
    'is also a second store in this process, opened by %s: neither overwrites the other',
    async (_, nameOf) => {
      const first = await folder.open();
      await first.set('a', 1);
      symlinkSync(folder.path, folder.at('link'));
      const second = await Store.open(jsonFile(nameOf(folder)));
      await second.set('b', 2);
      await expect(first.set('c', 3)).rejects.toMatchObject(external);
      await first.refresh();
      await first.set('c', 3);
      await expect(second.set('d', 4)).rejects.toMatchObject(external);
      await second.close().catch(() => undefined);
      await first.close();
      await folder.within((store) => expect([...store.keys()]).toEqual(['a', 'b', 'c']));
    },
  );

  test('of two stores that write the same content at once one is refused', async () => {
    writeFileSync(folder.path, '{}');
    for (let round = 0; round < 20; round++) {
      const stores = await Promise.all([folder.open(), folder.open(), folder.open(), folder.open()]);
      const outcomes = await Promise.allSettled(stores.map((store, i) => store.set(`${round}`, i)));
      const written = outcomes.map(({ status }) => status === 'fulfilled');
      expect(written.filter(Boolean)).toHaveLength(1);
      await folder.within((store) => expect(store.get(`${round}`)).toBe(written.indexOf(true)));
      await Promise.allSettled(stores.map((store) => store.close()));
    }
  });
});

function indexesOf(name: string, names: readonly string[]): number[] {
  return names.flatMap((each, index) => (each === name ? [index] : []));
}
