/** What a store should hold: a plain map, and how to tell whether a store holds it. */
import type { Namespace, Store } from '@isokv/core';

export interface Entry {
  readonly value: unknown;
  /** Epoch milliseconds, 0 for never. */
  readonly expiresAt: number;
}

/** By namespace and key, with a slash between. */
export type State = ReadonlyMap<string, Entry>;

export const NAMESPACES = ['', 'b'] as const;

export function spaceOf(store: Store, name: string): Namespace {
  return name === '' ? (store as Namespace) : store.namespace(name);
}

/** The entries that are there at a time. */
export function alive(state: State, now: number): Map<string, Entry> {
  const left = new Map(state);
  for (const [name, { expiresAt }] of left) if (expiresAt !== 0 && expiresAt <= now) left.delete(name);
  return left;
}

/** @returns what a store has that the state has not, or the other way round; undefined when they agree */
export function difference(store: Store, state: State, now: number): string | undefined {
  const expected = alive(state, now);
  let found = 0;
  for (const name of NAMESPACES) {
    const space = spaceOf(store, name);
    for (const [key, value] of space.entries()) {
      const entry = expected.get(`${name}/${key}`);
      if (!entry) return `${name}/${key} is there`;
      if (!isSame(value, entry.value)) return `${name}/${key} has another value`;
      if ((space.expiresAt(key) ?? 0) !== entry.expiresAt) return `${name}/${key} expires at another time`;
      found++;
    }
  }
  return found === expected.size ? undefined : `${expected.size - found} entries are missing`;
}

function isSame(a: unknown, b: unknown): boolean {
  if (a instanceof Uint8Array && b instanceof Uint8Array) return Buffer.compare(a, b) === 0;
  if (typeof a !== 'object' || typeof b !== 'object') return Object.is(a, b);
  return JSON.stringify(a) === JSON.stringify(b);
}
