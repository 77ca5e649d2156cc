import { chmodSync, lstatSync, mkdirSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { Store } from '@isokv/core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { fileLog } from '../file-log.ts';
import { JsonFolder } from '../testing/json-folder.ts';
import { jsonFile } from './json-file.ts';

let folder: JsonFolder;
beforeEach(() => {
  folder = new JsonFolder();
});
afterEach(() => folder.remove());

const MIXED = `{
  "isokv": 1,
  "expires_at_unit": "ms",
  "namespaces": {
    "": {
      "10": {"value": null, "expires_at": null},
      "9": {"value": "NaN", "type": "float64", "expires_at": null},
      "__proto__": {"value": {"z":1,"a":[1,"x"]}, "expires_at": null}
    },
    "users": {
      "ada": {"value": "AQID", "type": "bytes", "expires_at": 4102444800000}
    }
  }
}
`;

async function fillMixed(store: Store): Promise<void> {
  await store.namespace('users').set('ada', Uint8Array.of(1, 2, 3), { expiresAt: 4102444800000 });
  await store.set('__proto__', { z: 1, a: [1, 'x'] });
  await store.set('9', Number.NaN);
  await store.set('10', null);
}

describe('the file', () => {
  test('has what was written when the promise resolves: sorted, an entry a line', async () => {
    const store = await folder.open();
    await fillMixed(store);
    expect(folder.text()).toBe(MIXED);
    expect(folder.text(`${folder.path}.bak`)).toBe(MIXED);
    expect(folder.names()).toEqual(['a.json', 'a.json.bak']);
    expect(store.stats().durability).toBe('strict');
    await store.close();
  });

  test('is the same to the byte for equal content, whatever its history', async () => {
    await folder.within(async (store) => {
      for (let i = 0; i < 300; i++) void store.set(`key${(i * 7) % 300}`, i);
      await store.set('gone', 1, { ttl: 1 });
      await store.clear();
      await fillMixed(store);
      await store.compact();
    });
    expect(folder.text()).toBe(MIXED);
    await folder.within((store) => store.set('9', Number.NaN));
    expect(folder.text()).toBe(MIXED);
  });

  test('holds what a store on fileLog holds, there and back', async () => {
    const log = folder.at('a.isokv');
    const binary = await Store.open(fileLog(log));
    await fillMixed(binary);
    await folder.within((store) => store.load(binary.toData()));
    expect(folder.text()).toBe(binary.toData({ format: 'json' }));
    await folder.within((store) => expect(Buffer.compare(store.toData(), binary.toData())).toBe(0));
    await binary.close();
  });

  test('leaves out what has expired, by the clock of the store', async () => {
    let now = 4e12;
    const store = await Store.open(jsonFile(folder.path), { now: () => now });
    await store.set('soon', 1, { ttl: 10 });
    await store.set('later', 1, { ttl: 1000 });
    expect(folder.text()).toContain('"soon"');
    now += 10;
    await store.set('x', 1);
    expect(folder.text()).not.toContain('"soon"');
    expect(folder.text()).toContain('"later"');
    await store.close();
  });

  test('is created with the first write, for its owner only', async () => {
    await folder.within(() => expect(folder.names()).toEqual([]));
    expect(folder.names()).toEqual([]);
    await folder.within((store) => store.set('a', 1));
    for (const name of [folder.path, `${folder.path}.bak`]) expect(statSync(name).mode & 0o777).toBe(0o600);
  });

  test('keeps its permissions', async () => {
    writeFileSync(folder.path, '{}');
    chmodSync(folder.path, 0o664);
    await folder.within((store) => store.set('a', 1));
    expect(statSync(folder.path).mode & 0o777).toBe(0o664);
  });

  test('behind a symbolic link is replaced, not the link', async () => {
    mkdirSync(folder.at('real'));
    writeFileSync(folder.at('real/b.json'), '{}');
    symlinkSync('real/b.json', folder.path);
    await folder.within((store) => store.set('a', 1));
    expect(lstatSync(folder.path).isSymbolicLink()).toBe(true);
    expect(folder.text(folder.at('real/b.json'))).toContain('"a": {"value": 1');
    expect(readdirSync(folder.at('real')).sort()).toEqual(['b.json', 'b.json.bak']);
  });

  test('is not put in the place of a link that leads nowhere', async () => {
    symlinkSync('nowhere.json', folder.path);
    await expect(folder.open()).rejects.toMatchObject({ code: 'IO' });
    expect(lstatSync(folder.path).isSymbolicLink()).toBe(true);
    expect(folder.names()).toEqual(['a.json']);
  });

  test('has no backup if none is wanted', async () => {
    await folder.within((store) => store.set('a', 1), { backup: false });
    expect(folder.names()).toEqual(['a.json']);
  });

  test('is removed with its backup', async () => {
    const store = await folder.open();
    await store.set('a', 1);
    await store.destroy();
    expect(folder.names()).toEqual([]);
  });

  test('is not removed when it is somebody else’s', async () => {
    writeFileSync(folder.path, '{"name": "a package"}');
    await expect(jsonFile(folder.path).destroy()).rejects.toMatchObject({ code: 'INVALID_DATA' });
    expect(folder.names()).toEqual(['a.json']);
  });

  test('may be that of tinykv, whose times are seconds, and is then written in milliseconds', async () => {
    writeFileSync(
      folder.path,
      '{"s": {"value": "abc", "expires_at": 4102444800}, "t": {"value": 1, "expires_at": null}}',
    );
    await folder.within(async (store) => {
      expect(store.expiresAt('s')).toBe(4102444800000);
      await store.set('t', 2);
    });
    expect(folder.text()).toContain('"s": {"value": "abc", "expires_at": 4102444800000}');
  });
});
