/** Steps of the model test that compare more than a call and its result. */
import assert from 'node:assert/strict';
import { IsokvError, MemoryMedium, memoryLog, type Namespace, Store } from '../../packages/core/src/index.ts';
import { agrees, expected, type Outcome } from './calls.ts';
import { checkAll, holds, storeOf } from './checks.ts';
import type { Call, Operation } from './operations.ts';
import { byBytes, Reference } from './reference.ts';

type Format = 'binary' | 'json' | 'jsonl';

/** Reads a range and makes a call between its steps: each step gives what comes next in the state of that moment. */
export function scan(
  space: Namespace<Record<string, unknown>, string>,
  reference: () => Reference,
  { namespace, range, calls }: Extract<Operation, { type: 'scan' }>,
  make: (call: Call) => void,
): undefined {
  const entries = space.entries(range);
  const { limit = Number.POSITIVE_INFINITY, ...bounds } = range;
  const direction = range.reverse ? -1 : 1;
  let passed: string | undefined;
  for (let count = 0; count <= 40; count++) {
    const last = passed;
    const isNext = (key: string): boolean => last === undefined || byBytes(key, last) * direction > 0;
    const wanted = reference().keys(namespace, bounds).find(isNext);
    const next = entries.next();
    if (count >= limit || wanted === undefined) {
      assert.ok(next.done, `a scan gave ${JSON.stringify(next.value)} after its end`);
      return;
    }
    const value = reference().get(namespace, wanted)?.value;
    const fits = agrees({ result: next.value }, { result: [wanted, value] });
    assert.ok(fits, `a scan should give ${JSON.stringify(wanted)} and gave ${JSON.stringify(next.value)}`);
    passed = wanted;
    const call = calls[count];
    if (call) make(call);
  }
}

export async function checkBackup(store: Store, reference: Reference, now: number): Promise<void> {
  const medium = new MemoryMedium();
  await store.backup(memoryLog(medium));
  const copy = await Store.open(memoryLog(medium), { now: () => now });
  checkAll(copy, reference, now);
  await copy.close();
}

/** There and back again, and that equal content gives equal data. */
export function checkData(store: Store, reference: Reference, now: number, format: Format): void {
  const copy = Store.fromData(dataOf(store, format), { now: () => now });
  const canonical = storeOf(reference, now).toData();
  assert.equal(Buffer.compare(store.toData(), canonical), 0, 'equal content, other data');
  assert.equal(Buffer.compare(copy.toData(), canonical), 0, `equal content, other data, by way of ${format}`);
  checkAll(copy, reference, now);
}

/** Data of what the calls leave, and what a store with the content of `before` holds once it has loaded them. */
export function loading(
  before: Reference,
  calls: readonly Call[],
  format: Format,
  mode: 'merge' | 'replace',
  now: number,
): { data: Uint8Array | string; after: Reference } {
  const loaded = new Reference();
  for (const call of calls) expected(loaded, call, now);
  const after = mode === 'replace' ? new Reference() : before.copy();
  for (const name of loaded.names()) {
    for (const key of loaded.keys(name)) {
      const entry = loaded.get(name, key);
      after.put(name, key, entry?.value, entry?.expiresAt);
    }
  }
  return { data: dataOf(storeOf(loaded, now), format), after };
}

/** The state that a crash has left: one that was, no earlier than the last one acknowledged. */
export function survivor(store: Store, states: readonly Reference[], now: number): Reference {
  for (const state of [...states].reverse()) {
    const aged = state.copy();
    aged.expire(now);
    if (holds(store, aged, now)) return aged;
  }
  assert.fail(`of ${states.length} states since the last acknowledged one, a crash has left none`);
}

export function fillOf({ namespace, count, bytes, ttl }: Extract<Operation, { type: 'fill' }>): Call {
  const entries = Array.from(
    { length: count },
    (_, i) => [`f${String(i).padStart(4, '0')}`, 'v'.repeat(bytes)] as const,
  );
  return { type: 'setMany', namespace, entries, ttl };
}

function dataOf(store: Store, format: Format): Uint8Array | string {
  return format === 'binary' ? store.toData() : store.toData({ format });
}

/** Lets the event loop turn. */
export async function turns(count: number): Promise<void> {
  for (let left = count; left > 0; left--) await new Promise((resolve) => setImmediate(resolve));
}

export function codeOf(error: unknown): string {
  if (error instanceof IsokvError) return error.code;
  throw error;
}

export function said(call: Call, actual: Outcome, wanted: Outcome): string {
  return `${JSON.stringify(call)}\n gave ${JSON.stringify(actual)}\n not ${JSON.stringify(wanted)}`;
}
