/** Random writes, made on a store and on the model alike. */
import type { Namespace, Store, Transaction, TransactionNamespace } from '@isokv/core';
import type { Random } from '@isokv/core/testing';
import { alive, type Entry, NAMESPACES, type State, spaceOf } from './model.ts';

type Space = Namespace | TransactionNamespace<Record<string, unknown>>;

/** What a turn of the event loop wrote. */
export interface Turn {
  /** Resolves when it is durable; undefined when nothing was to be written. */
  readonly promise: Promise<unknown> | undefined;
  readonly state: State;
}

export interface ChangeOptions {
  readonly random: Random;
  readonly now: number;
  /** Whether a value may be longer than a frame. */
  readonly big: boolean;
}

const KEYS = 9;
const BIG_BYTES = 1_100_000;

/** Makes one to four changes that belong to one commit; now and then as a transaction over both namespaces. */
export function makeTurn(store: Store, before: State, options: ChangeOptions): Turn {
  const { random } = options;
  const state = alive(before, options.now);
  const count = 1 + random.below(4);
  if (random.chance(0.25)) return transaction(store, state, count, options);
  let promise: Promise<unknown> | undefined;
  for (let i = 0; i < count; i++) {
    const name = random.pick(NAMESPACES);
    promise = change(spaceOf(store, name), name, state, options) ?? promise;
  }
  return { promise, state };
}

/** One that throws, too: then nothing has happened. */
function transaction(store: Store, state: Map<string, Entry>, count: number, options: ChangeOptions): Turn {
  const before = new Map(state);
  const aborts = options.random.chance(0.2);
  try {
    const promise = store.transaction((tx: Transaction<Record<string, unknown>>) => {
      for (let i = 0; i < count; i++) {
        const name = options.random.pick(NAMESPACES);
        change(name === '' ? tx : tx.namespace(name), name, state, options);
      }
      if (aborts) throw new Abort();
    });
    return { promise, state };
  } catch (error) {
    if (!(error instanceof Abort)) throw error;
    return { promise: undefined, state: before };
  }
}

class Abort extends Error {}

function change(
  space: Space,
  name: string,
  state: Map<string, Entry>,
  options: ChangeOptions,
): Promise<unknown> | undefined {
  const { random, now } = options;
  const key = `k${random.below(KEYS)}`;
  const id = `${name}/${key}`;
  const found = state.get(id);
  const drawn = random.below(100);
  if (drawn < 50) {
    const value = drawValue(options);
    state.set(id, { value, expiresAt: 0 });
    return promised(space.set(key, value));
  }
  if (drawn < 62) {
    const value = drawValue(options);
    const ttl = 1 + random.below(5000);
    state.set(id, { value, expiresAt: now + ttl });
    return promised(space.set(key, value, { ttl }));
  }
  if (drawn < 80) {
    state.delete(id);
    return promised(space.delete(key));
  }
  if (drawn < 86) {
    state.set(`${name}/n`, { value: ((state.get(`${name}/n`)?.value as number) ?? 0) + 1, expiresAt: 0 });
    return promised(space.increment('n'));
  }
  if (drawn < 94 && found) {
    const ttl = 1 + random.below(5000);
    const stays = random.chance(0.5);
    state.set(id, { value: found.value, expiresAt: stays ? 0 : now + ttl });
    return promised(stays ? space.persist(key) : space.expire(key, ttl));
  }
  if (drawn < 98) return undefined;
  for (const other of [...state.keys()]) if (other.startsWith(`${name}/`)) state.delete(other);
  return promised(space.clear());
}

/** Whoever awaits it is told; who does not must not be told that nobody does. */
function promised(result: unknown): Promise<unknown> | undefined {
  if (!(result instanceof Promise)) return undefined;
  result.catch(() => undefined);
  return result;
}

function drawValue({ random, big }: ChangeOptions): unknown {
  const figure = random.next();
  const drawn = random.below(100);
  if (drawn < 30) return figure;
  if (drawn < 70) return `v${figure} `.repeat(1 + random.below(6));
  if (drawn < 80) return { figure, of: [null, true, `${figure}`] };
  if (drawn < 90) return Uint8Array.from({ length: random.below(300) }, () => random.next());
  if (drawn < 97) return `${figure} `.repeat(60 + random.below(300));
  return big ? `${figure} `.repeat(BIG_BYTES / `${figure} `.length) : null;
}
