/** Where there is no browser: importing is harmless, and what needs one says so. */
import { Store } from '@isokv/core';
import { describe, expect, test } from 'vitest';
import { idbLog, persistence } from './index.ts';
import { OwnBytes } from './own-bytes.ts';

describe('without a browser', () => {
  test('opening rejects with UNSUPPORTED, and says what to do', async () => {
    await expect(Store.open(idbLog('app'))).rejects.toMatchObject({
      code: 'UNSUPPORTED',
      message: expect.stringContaining('no browser'),
    });
    await expect(idbLog('app').destroy()).rejects.toMatchObject({ code: 'UNSUPPORTED' });
  });

  test('onFallback opens a store in memory, and is told why', async () => {
    const codes: string[] = [];
    const log = idbLog('app', { onFallback: ({ code }) => codes.push(code) });
    const store = await Store.open(log);
    await store.set('a', 1);
    expect(codes).toEqual(['UNSUPPORTED']);
    expect(log.wasEvicted).toBe(false);
  });

  test('that store is a store like any other, for as long as its log is there', async () => {
    const log = idbLog('app', { onFallback: () => undefined });
    await expect(Store.open(log, { mustExist: true })).rejects.toMatchObject({ code: 'MISSING' });
    const first = await Store.open(log);
    for (const key of ['a', 'b', 'c']) await first.set(key, 1);
    await first.delete('a');
    expect(await first.verify()).toMatchObject({ entries: 0, commits: 4 });
    await first.compact();
    await first.set('d', 2);
    expect(await first.verify()).toMatchObject({ entries: 2, commits: 1 });
    await first.close();
    await expect(Store.open(log, { mustNotExist: true })).rejects.toMatchObject({ code: 'EXISTS' });
    const second = await Store.open(log);
    expect([...second.keys()]).toEqual(['b', 'c', 'd']);
    await second.destroy();
    expect((await Store.open(log)).size).toBe(0);
  });

  test('bytes in memory are read from where one has come to', async () => {
    const bytes = new OwnBytes();
    await bytes.append([Uint8Array.of(1, 2), Uint8Array.of(3, 4, 5)]);
    expect(await bytes.append([Uint8Array.of(6)])).toBe(6);
    expect(bytes.settled).toBe(6);
    for await (const chunk of bytes.read(5)) expect(chunk).toEqual({ position: 5, bytes: Uint8Array.of(6) });
  });

  test('persistence knows nothing', async () => {
    const nothing = { persisted: undefined, usage: undefined, quota: undefined };
    expect(await persistence()).toEqual(nothing);
    expect(await persistence({ request: true })).toEqual(nothing);
  });
});

test('a name must be a text, a timeout a figure above 0', () => {
  for (const make of [
    () => idbLog(''),
    () => idbLog(undefined as never),
    () => idbLog('app', { openTimeout: 0 }),
    () => idbLog('app', { openTimeout: Number.NaN }),
  ]) {
    expect(make).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
  }
});
