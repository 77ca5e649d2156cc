import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
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

  test.each<[string, string, (folder: JsonFolder) => string]>([
    ['in a folder that is missing', 'IO', (made) => made.at('none/a.json')],
    [
      'in what is no folder',
      'IO',
      (made) => {
        writeFileSync(made.at('file'), '');
        return made.at('file/a.json');
      },
    ],
    [
      'of a directory',
      'DIRECTORY',
      (made) => {
        mkdirSync(made.at('sub'));
        return made.at('sub');
      },
    ],
    ['of a device', 'NOT_A_FILE', () => '/dev/null'],
    [
      'of a link to nothing',
      'IO',
      (made) => {
        symlinkSync('nowhere', made.at('link'));
        return made.at('link');
      },
    ],
    [
      'of links in a circle',
      'IO',
      (made) => {
        symlinkSync('link', made.at('link'));
        return made.at('link');
      },
    ],
    ['that is too long', 'PATH_TOO_LONG', (made) => made.at('x'.repeat(300))],
    [
      'whose temporary files would have one that is too long',
      'PATH_TOO_LONG',
      (made) => made.at('x'.repeat(250)),
    ],
    [
      'of something else',
      'INVALID_DATA',
      (made) => {
        writeFileSync(made.at('text'), 'hello');
        return made.at('text');
      },
    ],
    [
      'of something else that is not text',
      'INVALID_DATA',
      (made) => {
        writeFileSync(made.at('binary'), Uint8Array.of(0x7f, 0x45, 0x4c, 0x46, 0xff));
        return made.at('binary');
      },
    ],
  ])('a path %s', async (_, code, pathIn) => {
    folder.path = pathIn(folder);
    const before = folder.names();
    await expect(folder.open()).rejects.toMatchObject({ code });
    await expect(folder.open()).rejects.toThrow(
      /: (give|create|mend|it has appeared|the symbolic links|a part of)/,
    );
    expect(folder.names()).toEqual(before);
  });

  test.each([
    ['EACCES', 'PERMISSION'],
    ['EROFS', 'READ_ONLY_MEDIUM'],
  ])('a folder in which nothing can be made: %s', async (error, code) => {
    writeFileSync(folder.at('b.json'), '{}');
    const fs = new FaultyFileSystem();
    fs.before = ({ operation, path }) => {
      if (operation === 'open' && path.endsWith('.tmp')) throw systemError(error);
      return undefined;
    };
    for (const name of ['a.json', 'b.json']) {
      folder.path = folder.at(name);
      await expect(folder.open({ fs })).rejects.toMatchObject({ code });
    }
    await expect(
      Store.open(jsonFile(folder.at('a.json'), { fs }), { mustExist: true }),
    ).rejects.toMatchObject({
      code: 'MISSING',
    });
    await (await Store.open(jsonFile(folder.at('b.json'), { fs }), { readOnly: true })).close();
    expect(folder.names()).toEqual(['b.json']);
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

  test('a cipher', async () => {
    const cipher = { name: 'toy', overheadBytes: 0, start: () => ({}) as never };
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
    await expect(folder.open({ fs })).rejects.toMatchObject({ code: 'PERMISSION' });
    expect(fs.operations('open')).toHaveLength(1);
    expect(folder.names()).toEqual(['a.json']);
  });
});
