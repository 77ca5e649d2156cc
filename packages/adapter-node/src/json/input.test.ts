import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { Store } from '@isokv/core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { fileLog } from '../file-log.ts';
import { systemError } from '../testing/call.ts';
import { FaultyFileSystem } from '../testing/faulty-file-system.ts';
import { JsonFolder } from '../testing/json-folder.ts';
import { jsonFile } from './json-file.ts';

let folder: JsonFolder;
beforeEach(() => {
  folder = new JsonFolder();
});
afterEach(() => folder.remove());

describe('bad input gets an error that says so, and nothing is created or changed', () => {
  test.each([
    ['an empty path', () => jsonFile('')],
    ['NUL', () => jsonFile('a\0')],
    ['the folder.path of a backup', () => jsonFile('a.json.bak')],
    ['a format', () => jsonFile('a', { format: 'yaml' as never })],
    ['an option', () => jsonFile('a', { atomic: true } as never)],
    ['autosave', () => jsonFile('a', { autosave: { everyMs: 0 } })],
    ['autosave, too long', () => jsonFile('a', { autosave: { everyMs: 1e10 } })],
    ['backup', () => jsonFile('a', { backup: 1 as never })],
  ])('%s', (_, make) => {
    expect(make).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
  });

  test('a missing folder', async () => {
    folder.path = folder.at('none/a.json');
    const store = await folder.open();
    await expect(store.set('a', 1)).rejects.toMatchObject({ code: 'IO' });
    await store.close().catch(() => undefined);
    expect(folder.names()).toEqual([]);
  });

  test('missing, existing', async () => {
    await expect(Store.open(jsonFile(folder.path), { readOnly: true })).rejects.toMatchObject({
      code: 'MISSING',
    });
    await expect(Store.open(jsonFile(folder.path), { mustExist: true })).rejects.toMatchObject({
      code: 'MISSING',
    });
    writeFileSync(folder.path, '{}');
    await expect(Store.open(jsonFile(folder.path), { mustNotExist: true })).rejects.toMatchObject({
      code: 'EXISTS',
    });
    expect(folder.text()).toBe('{}');
  });

  test('a store of fileLog', async () => {
    await (await Store.open(fileLog(folder.path))).close();
    const before = readFileSync(folder.path);
    await expect(folder.open()).rejects.toMatchObject({ code: 'NOT_ISOKV' });
    expect(readFileSync(folder.path).equals(before)).toBe(true);
  });

  test('a newer version', async () => {
    writeFileSync(folder.path, '{"isokv": 2}');
    await expect(folder.open()).rejects.toMatchObject({ code: 'UNKNOWN_VERSION' });
    expect(folder.text()).toBe('{"isokv": 2}');
  });

  test('a directory, and a folder.path longer than the system allows', async () => {
    mkdirSync(folder.path);
    await expect(folder.open()).rejects.toMatchObject({
      code: expect.stringMatching(/DIRECTORY|INVALID_OPTION/),
    });
    folder.path = folder.at(`${'x'.repeat(300)}.json`);
    await expect(folder.open()).rejects.toMatchObject({ code: expect.stringMatching(/PATH_TOO_LONG|IO/) });
    expect(folder.names()).toEqual(['a.json']);
  });

  test('a cipher', async () => {
    const cipher = { name: 'toy' } as never;
    await expect(Store.open(jsonFile(folder.path), { cipher })).rejects.toMatchObject({
      code: 'UNSUPPORTED',
    });
    expect(folder.names()).toEqual([]);
  });

  test('a file that this process may not write', async () => {
    writeFileSync(folder.path, '{}');
    const fs = new FaultyFileSystem();
    fs.before = ({ operation }) => {
      if (operation === 'open') throw systemError('EACCES');
      return undefined;
    };
    await expect(folder.open({ fs })).rejects.toMatchObject({ code: expect.stringMatching(/PERMISSION|IO/) });
    expect(fs.operations('open')).toHaveLength(1);
    expect(folder.names()).toEqual(['a.json']);
  });
});
