/** The work of one tab among several: it counts, and moves money between accounts that all of them share. */
import type { Store } from '@isokv/core';
import type { Random } from './random.ts';

export const ACCOUNTS: readonly string[] = ['ada', 'bob', 'cyn', 'dan'];
export const BALANCE = 1000;

export interface Work {
  readonly increments: number;
  /** Awaited between two writes, when it is time to. */
  readonly pause: () => Promise<unknown>;
  readonly random: Random;
}

/** Opens the accounts, unless another tab has. */
export async function openAccounts(store: Store): Promise<void> {
  await store.transaction((tx) => {
    for (const name of ACCOUNTS) if (!tx.has(name)) tx.set(name, BALANCE);
  });
}

/** Increments the counter, and every few increments moves a random amount that is there. */
export async function work(store: Store, { increments, pause, random }: Work): Promise<void> {
  const promises: Promise<unknown>[] = [];
  for (let i = 0; i < increments; i++) {
    promises.push(store.increment('count'));
    if (random.below(3) === 0) promises.push(transfer(store, random));
    if (random.below(4) === 0) await pause();
    if (random.below(50) === 0) await Promise.all(promises.splice(0));
  }
  await Promise.all(promises);
}

function transfer(store: Store, random: Random): Promise<boolean> {
  const [from, to] = [ACCOUNTS[random.below(4)] as string, ACCOUNTS[random.below(4)] as string];
  const amount = random.below(BALANCE);
  return store.transaction((tx) => {
    if ((tx.require(from) as number) < amount) return false;
    tx.decrement(from, amount);
    tx.increment(to, amount);
    return true;
  });
}

/** What all accounts hold together. */
export function total(store: Store): number {
  return ACCOUNTS.reduce((sum, name) => sum + (store.require(name) as number), 0);
}
