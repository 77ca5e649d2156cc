/** A tab in a worker: opens the store, does its work, and answers with what it then holds, and with what all hold. */
import { Store } from '@isokv/core';
import { idbLog } from '../index.ts';
import { Random } from './random.ts';
import { openAccounts, work } from './teller.ts';

export interface TabTask {
  readonly database: string;
  readonly seed: number;
  readonly increments: number;
}

const store = new Promise<Store>((resolve) => {
  addEventListener('message', async ({ data }: MessageEvent<TabTask | 'data'>) => {
    if (data === 'data') return postMessage((await store).toData());
    const opened = await Store.open(idbLog(data.database), { durability: 'relaxed' });
    resolve(opened);
    const random = new Random(data.seed);
    const pause = (): Promise<void> => new Promise((done) => setTimeout(done, random.below(3)));
    await openAccounts(opened);
    await work(opened, { increments: data.increments, pause, random });
    postMessage('done');
  });
});
