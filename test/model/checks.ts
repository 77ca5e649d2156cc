/** Comparisons of a store with the reference; each throws an AssertionError that says where they differ. */
import assert from 'node:assert/strict';
import { type Namespace, Store } from '../../packages/core/src/index.ts';
import { type Entry, type Reference, same } from './reference.ts';

/** The object that a store gave for an entry, which it must give until that entry is written. */
export type Seen = WeakMap<Entry, object>;

export function spaceOf(store: Store, name: string): Namespace<Record<string, unknown>, string> {
  return name === '' ? store : store.namespace(name);
}

export function checkKey(store: Store, reference: Reference, name: string, key: string, now: number): void {
  const space = spaceOf(store, name);
  const entry = reference.get(name, key);
  const at = `${JSON.stringify(name)} ${JSON.stringify(key)}`;
  assert.equal(space.has(key), entry !== undefined, `has ${at}`);
  if (!same(space.get(key), entry?.value)) assert.deepEqual(space.get(key), entry?.value, `get ${at}`);
  assert.equal(space.expiresAt(key), entry?.expiresAt || undefined, `expiresAt ${at}`);
  assert.equal(space.ttl(key), entry?.expiresAt ? entry.expiresAt - now : undefined, `ttl ${at}`);
}

/** Everything: names, sizes, order from both ends, values, expiries, identities. */
export function checkAll(store: Store, reference: Reference, now: number, seen: Seen = new WeakMap()): void {
  const names = reference.names();
  assert.deepEqual(store.namespaces(), names, 'namespaces');
  let entries = 0;
  for (const name of names) {
    const space = spaceOf(store, name);
    const keys = reference.keys(name);
    entries += keys.length;
    assert.equal(space.size, keys.length, `size of ${JSON.stringify(name)}`);
    const listed = [...space.entries()];
    assert.deepEqual(
      listed.map(([key]) => key),
      keys,
      `keys of ${JSON.stringify(name)}`,
    );
    assert.deepEqual([...space.keys({ reverse: true })], [...keys].reverse(), 'keys in reverse');
    for (const [key, value] of listed) {
      checkKey(store, reference, name, key, now);
      checkIdentity(space, key, value, reference.get(name, key) as Entry, seen);
    }
  }
  const stats = store.stats();
  assert.equal(stats.entries, entries, 'stats().entries');
  assert.equal(stats.health, 'ok');
}

function checkIdentity(space: Namespace, key: string, listed: unknown, entry: Entry, seen: Seen): void {
  if (typeof listed !== 'object' || listed === null || listed instanceof Uint8Array) return;
  const at = `identity of ${JSON.stringify(key)}`;
  assert.equal(space.get(key), listed, `${at}: get and entries`);
  assert.ok(Object.isFrozen(listed), at);
  assert.equal(seen.get(entry) ?? listed, listed, `${at}: earlier and now`);
  seen.set(entry, listed);
}

/** Whether the store holds just this. */
export function holds(store: Store, reference: Reference, now: number): boolean {
  try {
    checkAll(store, reference, now);
    return true;
  } catch (error) {
    if (error instanceof assert.AssertionError) return false;
    throw error;
  }
}

/** A store with the content of the reference and another history: the last key was written first. */
export function storeOf(reference: Reference, now: number): Store {
  const store = new Store({ now: () => now });
  for (const name of reference.names().reverse()) {
    for (const key of reference.keys(name, { reverse: true })) {
      const { value, expiresAt } = reference.get(name, key) as Entry;
      void spaceOf(store, name).set(key, value, expiresAt === 0 ? undefined : { expiresAt });
    }
  }
  return store;
}
