/** Two accounts, and what moves money between them: all of it happens, or nothing. */
import type { Namespace, Store } from '@isokv/core';

export const OWNERS = ['ada', 'grace'] as const;
export type Owner = (typeof OWNERS)[number];
export const TOTAL = 1000;

const NAMESPACE = 'accounts';

export function accountsOf(store: Store): Namespace<Record<string, number>, string> {
  return store.namespace<number>(NAMESPACE);
}

/** Gives both what they begin with, where they have nothing yet. */
export function openAccounts(store: Store): Promise<void> {
  return store.transaction((tx) => {
    const accounts = tx.namespace<number>(NAMESPACE);
    if (OWNERS.every((owner) => accounts.has(owner))) return;
    for (const owner of OWNERS) accounts.set(owner, TOTAL / OWNERS.length);
  });
}

/** The listing on the page is this function. @throws when there is not enough: then nothing has changed */
export async function transfer(store: Store, from: Owner, to: Owner, amount: number): Promise<void> {
  return store.transaction((tx) => {
    const accounts = tx.namespace<number>(NAMESPACE);
    accounts.increment(to, amount);
    accounts.decrement(from, amount);
    const left = accounts.require(from);
    if (left < 0) {
      throw new Error(`${from} would have ${left}`);
    }
  });
}
