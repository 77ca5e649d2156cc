/** Where there is no browser: importing is harmless, and what needs one says so. */
import { Store } from '@isokv/core';
import { describe, expect, test } from 'vitest';
import { idbLog, persistence } from './index.ts';

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
