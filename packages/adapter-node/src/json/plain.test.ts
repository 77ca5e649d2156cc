import { writeFileSync } from 'node:fs';
import type { Store } from '@isokv/core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { JsonFolder } from '../testing/json-folder.ts';

let folder: JsonFolder;
beforeEach(() => {
  folder = new JsonFolder();
});
afterEach(() => folder.remove());

describe("format 'plain'", () => {
  const plain = { format: 'plain' } as const;

  test('is keys and values', async () => {
    writeFileSync(folder.path, '\ufeff{"theme": "dark", "10": [1], "window": {"w": 1, "a": {}}}');
    await folder.within(async (store) => {
      expect(store.get('theme')).toBe('dark');
      await store.set('theme', 'a\n"b"');
    }, plain);
    expect(folder.text()).toBe(
      '{\n  "10": [\n    1\n  ],\n  "theme": "a\\n\\"b\\"",\n  "window": {\n    "w": 1,\n    "a": {}\n  }\n}\n',
    );
    await folder.within((store) => store.clear(), plain);
    expect(folder.text()).toBe('{}\n');
  });

  test.each([
    ['a namespace', (store: Store) => store.namespace('x').set('a', 1)],
    ['an expiry', (store: Store) => store.set('a', 1, { ttl: 1e9 })],
    ['bytes', (store: Store) => store.set('a', Uint8Array.of(1))],
    ['NaN', (store: Store) => store.set('a', Number.NaN)],
    ['-0', (store: Store) => store.set('a', { deep: [-0] })],
  ])('refuses %s, and goes on when it is gone', async (_, write) => {
    const store = await folder.open(plain);
    await store.set('b', 1);
    const before = folder.text();
    await expect(write(store)).rejects.toMatchObject({ code: 'INVALID_VALUE' });
    expect(folder.text()).toBe(before);
    await Promise.all([store.clear(), store.namespace('x').clear(), store.set('c', 2)]);
    expect(folder.text()).toBe('{\n  "c": 2\n}\n');
    expect(folder.names()).toEqual(['a.json', 'a.json.bak']);
    await store.close();
  });

  test.each([
    ['{"theme": "dark"}', true],
    ['{"window": {"w": 1}, "list": []}', true],
    ['{"theme": {"value": 1, "expires": 5}}', false],
    ['{"isokv": 1, "expires_at_unit": "s", "namespaces": {}}', false],
    ['[1]', false],
    ['{"theme": ', false],
  ])('is named when a file of entries is %s, if it may help: %s', async (text, helps) => {
    writeFileSync(folder.path, text);
    const error = await folder.open().then(undefined, (error) => error);
    expect(error.code).toBe('INVALID_DATA');
    expect(error.message.includes("give format: 'plain'")).toBe(helps);
    expect(folder.text()).toBe(text);
  });
});
