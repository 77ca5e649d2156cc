/** One call, made on a store and on the reference. */
import { IsokvError, type TransactionNamespace } from '../../packages/core/src/index.ts';
import { type Ttl, UNSTORABLE } from './draws.ts';
import type { Call } from './operations.ts';
import { isIn, type Reference, same } from './reference.ts';

type Space = TransactionNamespace<Record<string, unknown>, string>;

/** What a call gave: a result, or the code of the error it threw. */
export interface Outcome {
  readonly result?: unknown;
  readonly code?: string;
}

/** Makes the call on a namespace. The result of a write of the store is a promise of it. */
export function perform(space: Space, call: Call, reference: Reference): Outcome {
  try {
    return { result: run(space, call, reference) };
  } catch (error) {
    if (error instanceof IsokvError) return { code: error.code };
    throw error;
  }
}

function run(space: Space, call: Call, reference: Reference): unknown {
  switch (call.type) {
    case 'get':
      return space.get(call.key);
    case 'set': {
      const value = own(call.value);
      const done: unknown = space.set(call.key, value, optionsOf(call.ttl));
      spoil(value); // What was stored is what it was then.
      return done;
    }
    case 'delete':
      return space.delete(call.key);
    case 'persist':
      return space.persist(call.key);
    case 'update':
      return space.update(call.key, () => own(call.value));
    case 'getOrSet':
      return space.getOrSet(call.key, () => own(call.value));
    case 'swap':
      return space.compareAndSwap(
        call.key,
        own(reference.get(call.namespace, call.key)?.value),
        own(call.value),
      );
    case 'swapWrongly':
      return space.compareAndSwap(call.key, 'never stored', own(call.value));
    case 'increment':
      return space.increment(call.key, call.by);
    case 'expire':
      return space.expire(call.key, call.ttl);
    case 'setMany':
      return space.setMany(
        call.entries.map(([key, value]) => [key, own(value)]),
        optionsOf(call.ttl),
      );
    case 'deleteRange':
      // A limit, from either end, counts as in any range.
      return space.deleteRange(call.range);
    case 'list':
      return [...space.keys(call.range)];
    case 'clear':
      return space.clear();
  }
}

/** Makes the call on the reference, as of `now`. A call that gives a code has changed nothing. */
export function expected(reference: Reference, call: Call, now: number): Outcome {
  const { namespace } = call;
  const key = 'key' in call ? call.key : '';
  const entry = reference.get(namespace, key);
  const stored = entry?.expiresAt ?? 0;
  const put = (value: unknown, expiresAt: number): Outcome => {
    if (value === UNSTORABLE) return { code: 'INVALID_VALUE' };
    reference.put(namespace, key, value, expiresAt);
    reference.expire(now);
    return {};
  };
  switch (call.type) {
    case 'get':
      return { result: entry?.value };
    case 'set':
      return put(call.value, expiryOf(call.ttl, now, stored));
    case 'delete':
      reference.delete(namespace, key);
      return {};
    case 'persist':
      if (entry && stored !== 0) put(entry.value, 0);
      return { result: stored !== 0 };
    case 'update':
      return { result: call.value, ...put(call.value, stored) };
    case 'getOrSet':
      return entry ? { result: entry.value } : { result: call.value, ...put(call.value, 0) };
    case 'swap':
      return { result: true, ...put(call.value, stored) };
    case 'swapWrongly':
      return { result: false };
    case 'increment': {
      const before = entry ? entry.value : 0;
      if (typeof before !== 'number') return { code: 'NOT_A_NUMBER' };
      return { result: before + call.by, ...put(before + call.by, stored) };
    }
    case 'expire':
      if (entry) put(entry.value, now + call.ttl);
      return { result: entry !== undefined };
    case 'setMany': {
      if (call.entries.some(([, value]) => value === UNSTORABLE)) return { code: 'INVALID_VALUE' };
      // `keepTtl` keeps what was there before all of them.
      const expiries = call.entries.map(([each]) =>
        expiryOf(call.ttl, now, reference.get(namespace, each)?.expiresAt ?? 0),
      );
      for (const [i, [each, value]] of call.entries.entries())
        reference.put(namespace, each, value, expiries[i]);
      reference.expire(now);
      return {};
    }
    case 'deleteRange':
      for (const each of reference.keys(namespace, call.range)) reference.delete(namespace, each);
      return {};
    case 'list':
      return { result: reference.keys(namespace, call.range) };
    case 'clear':
      reference.clear(namespace);
      return {};
  }
}

/** Whether a call reads or writes the key. */
export function concerns(call: Call, key: string): boolean {
  if ('key' in call) return call.key === key;
  if (call.type === 'setMany') return call.entries.some(([each]) => each === key);
  return call.type === 'clear' || isIn(key, call.range);
}

/** The keys that a call names. */
export function keysOf(call: Call): string[] {
  if ('key' in call) return [call.key];
  return call.type === 'setMany' ? call.entries.map(([key]) => key) : [];
}

/** Whether a store did what it should. A write that gives nothing may give anything. */
export function agrees(actual: Outcome, wanted: Outcome): boolean {
  if (actual.code !== undefined || wanted.code !== undefined) return actual.code === wanted.code;
  return !('result' in wanted) || same(actual.result, wanted.result);
}

/** Epoch milliseconds that cannot be taken for seconds. */
const PAST = 2e11;

function expiryOf(ttl: Ttl, now: number, stored: number): number {
  if (ttl === 'keep') return stored;
  if (ttl === 'past') return PAST;
  return ttl === undefined ? 0 : now + ttl;
}

function optionsOf(ttl: Ttl): { ttl?: number; expiresAt?: number; keepTtl?: boolean } | undefined {
  if (ttl === 'keep') return { keepTtl: true };
  if (ttl === 'past') return { expiresAt: PAST };
  return ttl === undefined ? undefined : { ttl };
}

function own(value: unknown): unknown {
  return value === UNSTORABLE ? value : structuredClone(value);
}

function spoil(value: unknown): void {
  if (value instanceof Uint8Array) value.fill(255);
  else if (Array.isArray(value)) value.push('spoilt');
  else if (typeof value === 'object' && value !== null && value !== UNSTORABLE)
    Object.assign(value, { spoilt: 1 });
}
