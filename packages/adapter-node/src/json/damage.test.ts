/** Files that were cut, damaged or half written: they are mended from their backup, or refused; never lost. */
import { existsSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { type IsokvError, Store } from '@isokv/core';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { HostileFileSystem } from '../testing/hostile/hostile-file-system.ts';
import { JsonFolder } from '../testing/json-folder.ts';
import { jsonFile } from './json-file.ts';

let folder: JsonFolder;
beforeEach(() => {
  folder = new JsonFolder();
});
afterEach(() => folder.remove());

const PATH = '/data/a.json';
const KEPT = `${PATH}.damaged-1`;

function inMemory(file: Uint8Array, backup?: Uint8Array): HostileFileSystem {
  const fs = new HostileFileSystem();
  fs.makeFolder('/data');
  fs.put(PATH, file);
  if (backup) fs.put(`${PATH}.bak`, backup);
  return fs;
}

let good: Buffer;
beforeEach(async () => {
  await folder.within(async (store) => {
    await store.set('é', { text: '€ \ufffd' });
    await store.namespace('users').set('ada', Uint8Array.of(1, 2, 3));
  });
  good = readFileSync(folder.path);
});

test('cut at any length it is mended from its backup, with a warning, and kept as it was', async () => {
  // Without its last line end it is still whole.
  for (let length = 0; length < good.length - 1; length++) {
    const cut = good.subarray(0, length);
    const fs = inMemory(cut, good);
    const warnings: IsokvError[] = [];
    const log = () => jsonFile(PATH, { fs, onWarning: (warning) => warnings.push(warning) });
    const reader = await Store.open(log(), { readOnly: true });
    expect(reader.toData({ format: 'json' })).toBe(good.toString());
    expect(reader.stats().salvaged).toMatchObject({ keptAs: undefined });
    await reader.close();
    expect(fs.contentOf(PATH)).toEqual(new Uint8Array(cut));
    const store = await Store.open(log());
    expect(store.toData({ format: 'json' })).toBe(good.toString());
    expect(store.stats().salvaged).toMatchObject({ keptAs: KEPT, saved: { entries: 2, commits: 0 } });
    await store.close();
    expect(fs.contentOf(PATH)).toEqual(new Uint8Array(good));
    expect(fs.contentOf(KEPT)).toEqual(new Uint8Array(cut));
    const again = await Store.open(log());
    expect(again.stats().salvaged).toBeUndefined();
    await again.close();
    expect(warnings).toHaveLength(2);
    for (const { code, message } of warnings) {
      expect(code).toBe('CORRUPT');
      expect(message).toMatch(/^\/data\/a\.json: line \d+, column \d+: /);
    }
  }
});

test('cut at any length, without a backup, it is refused with line and column, and left as it was', async () => {
  const lines = good.toString().split('\n');
  for (let length = 0; length < good.length - 1; length++) {
    const cut = good.subarray(0, length);
    const fs = inMemory(cut);
    const error = await Store.open(jsonFile(PATH, { fs })).catch((refusal: IsokvError) => refusal);
    expect(error).toMatchObject({ code: 'INVALID_DATA' });
    const [, line, column] = /line (\d+), column (\d+)/.exec((error as IsokvError).message) ?? [];
    const inLine = (lines[Number(line) - 1] as string).length;
    expect(Number(column)).toBeGreaterThan(0);
    expect(Number(column)).toBeLessThanOrEqual(inLine + 1);
    expect(Number(line)).toBeLessThanOrEqual(cut.toString().split('\n').length);
    expect(fs.contentOf(PATH)).toEqual(new Uint8Array(cut));
    expect(fs.namesIn('/data')).toEqual(['a.json']);
  }
});

test('bytes that are no UTF-8 are found where they are', async () => {
  unlinkSync(`${folder.path}.bak`);
  const at = good.indexOf('users');
  good[at] = 0xff;
  writeFileSync(folder.path, good);
  await expect(folder.open()).rejects.toThrow(/line 8, column 6: this is not UTF-8/);
});

test('an empty file, as others leave it after power loss, is no empty store', async () => {
  for (const content of ['', '\0\0\0\0\0\0\0\0', ' \n']) {
    writeFileSync(folder.path, content);
    await folder.within((store) => expect(store.get('é')).toEqual({ text: '€ \ufffd' }), {
      onWarning: () => undefined,
    });
    writeFileSync(folder.path, content);
    await expect(folder.open({ backup: false })).rejects.toMatchObject({ code: 'INVALID_DATA' });
    expect(folder.text()).toBe(content);
  }
});

test('a backup that is damaged as well is no help, and both are left as they were', async () => {
  for (const name of [folder.path, `${folder.path}.bak`]) writeFileSync(name, '{"half": ');
  const error = await folder.open().catch((refusal: IsokvError) => refusal);
  expect(error).toMatchObject({
    code: 'INVALID_DATA',
    message: expect.stringContaining('a.json.bak: line 1'),
  });
  expect(folder.names()).toEqual(['a.json', 'a.json.bak']);
  expect(folder.text()).toBe('{"half": ');
});

test('damage that comes again and again is kept each time', async () => {
  for (const number of [1, 2, 3]) {
    writeFileSync(folder.path, `half ${number}`);
    await folder.within((store) => store.set('n', number), { onWarning: () => undefined });
  }
  for (const number of [1, 2, 3])
    expect(folder.text(`${folder.path}.damaged-${number}`)).toBe(`half ${number}`);
  await folder.within((store) => expect(store.get('n')).toBe(3));
});

test('the backup has every write that was acknowledged', async () => {
  const store = await folder.open();
  for (let i = 0; i < 20; i++) {
    await store.set('n', i);
    expect(readFileSync(`${folder.path}.bak`).equals(readFileSync(folder.path))).toBe(true);
  }
  await store.close();
});

test('a file that is gone is gone: a backup does not bring it back', async () => {
  unlinkSync(folder.path);
  await expect(Store.open(jsonFile(folder.path), { mustExist: true })).rejects.toMatchObject({
    code: 'MISSING',
  });
  await folder.within((store) => expect(store.size).toBe(0));
  expect(existsSync(folder.path)).toBe(false);
});

test('verify reads the file, and finds what has become of it', async () => {
  const store = await folder.open();
  await expect(store.verify()).resolves.toMatchObject({ entries: 2 });
  writeFileSync(folder.path, good.subarray(0, 50));
  await expect(store.verify()).rejects.toMatchObject({ code: 'INVALID_DATA' });
  await store.close();
});
