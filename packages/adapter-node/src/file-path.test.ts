import { pathToFileURL } from 'node:url';
import { Store } from '@isokv/core';
import { describe, expect, test } from 'vitest';
import { backupFile } from './backup-file.ts';
import { fileLog } from './file-log.ts';
import { inspectFile } from './inspect-file.ts';
import { jsonFile } from './json/json-file.ts';
import { folderOfEachTest } from './testing/folder-of-each-test.ts';

const folder = folderOfEachTest();

describe.each([
  ['fileLog', fileLog],
  ['jsonFile', jsonFile],
] as const)('%s', (_, log) => {
  test('a file: URL is the path that it names', async () => {
    const path = folder.path('a b%ü');
    const store = await Store.open(log(pathToFileURL(path)));
    await store.set('a', 1);
    await store.close();
    const again = await Store.open(log(path), { mustExist: true });
    expect(again.get('a')).toBe(1);
    await again.close();
  });

  test.each([
    undefined,
    null,
    5,
    '',
    'a\0b',
    {},
    [],
    Buffer.from('a'),
    new URL('https://example.com/a'),
    new URL('file:///a%2fb'),
    'file:///tmp/a',
  ])('%s is no path', (path) => {
    expect(() => log(path as string)).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
  });
});

test('backupFile and inspectFile take one too', async () => {
  const store = new Store();
  const file = await Store.open(fileLog(folder.path('a.isokv')));
  const target = pathToFileURL(folder.path('b.isokv'));
  await backupFile(file, target);
  await file.close();
  const types: string[] = [];
  for await (const { type } of inspectFile(target)) types.push(type);
  expect(types[0]).toBe('superblock');
  await expect(backupFile(store, '')).rejects.toMatchObject({ code: 'INVALID_OPTION' });
  await expect(inspectFile('').next()).rejects.toMatchObject({ code: 'INVALID_OPTION' });
});

test('an option of the store that is given to the log is refused, not missed', () => {
  expect(() => fileLog('a.isokv', { readOnly: true } as never)).toThrow(
    expect.objectContaining({ code: 'INVALID_OPTION', message: expect.stringContaining('readOnly') }),
  );
});
