/** What a browser says of its storage, and what it leaves out. Its figures, and a server, are in idb-log's tests. */
import { afterEach, expect, test, vi } from 'vitest';
import { type PersistenceStatus, persistence } from './persistence.ts';

afterEach(() => vi.unstubAllGlobals());

const refuses = async (): Promise<never> => {
  throw new TypeError('not for an opaque origin');
};
const estimate = async (): Promise<StorageEstimate> => ({ usage: 1, quota: 2 });
const no = async (): Promise<boolean> => false;
const yes = async (): Promise<boolean> => true;

test.each<[of: string, storage: object | undefined, request: boolean, told: Partial<PersistenceStatus>]>([
  ['no storage: without https', undefined, true, {}],
  ['a frame without an origin', { persist: refuses, persisted: refuses, estimate: refuses }, true, {}],
  [
    'a worker, which may not ask',
    { persisted: no, estimate },
    true,
    { persisted: false, usage: 1, quota: 2 },
  ],
  [
    'a user who agrees',
    { persist: yes, persisted: no, estimate },
    true,
    { persisted: true, usage: 1, quota: 2 },
  ],
  ['a user who refuses', { persist: no, persisted: no }, true, { persisted: false }],
  ['nobody who was asked', { persist: yes, persisted: no, estimate: refuses }, false, { persisted: false }],
])('%s', async (_, storage, request, told) => {
  vi.stubGlobal('navigator', { storage });
  expect(await persistence({ request })).toEqual(told);
});
