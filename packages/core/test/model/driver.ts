/** Makes operations on a store and on the reference, and compares the two after every step. */
import assert from 'node:assert/strict';
import { IsokvError, type Log, MemoryMedium, memoryLog, Store, type StoreOptions } from '../../src/index.ts';
import { agrees, expected, keysOf, type Outcome, perform } from './calls.ts';
import { checkAll, checkKey, holds, type Seen, spaceOf, storeOf } from './checks.ts';
import { Opened } from './open-transactions.ts';
import type { Call, Operation } from './operations.ts';
import { byBytes, Reference } from './reference.ts';

export interface Medium {
  log(): Log;
  /** What a crash at this moment would leave. */
  copy(): Medium;
  /** Removes what it keeps outside of memory. */
  remove?(): void;
}

/** Runs one case from an empty medium to its end. */
export async function runCase(
  medium: Medium,
  operations: readonly Operation[],
  options: StoreOptions = {},
): Promise<void> {
  const driver = new Driver(medium, options);
  try {
    await driver.open();
    for (const operation of operations) {
      // What takes no time shares a turn of the event loop, and so a commit, with what follows.
      const done = driver.step(operation);
      if (done) await done;
    }
    await driver.step({ type: 'reopen', how: 'close' });
  } finally {
    await driver.end();
  }
}

class Driver {
  #medium: Medium;
  #store!: Store;
  readonly #options: StoreOptions;
  #now = 1_800_000_000_000;
  #steps = 0;
  #reference: Reference = new Reference();
  /** Every state there has been, from the last one known to be durable. */
  #history: Reference[] = [this.#reference];
  #slots: (Opened | undefined)[] = [];
  #seen: Seen = new WeakMap();
  /** Compactions that may still be going on. */
  #background: Promise<unknown>[] = [];
  #unsettled = 0;
  readonly #errors: unknown[] = [];

  constructor(medium: Medium, options: StoreOptions) {
    this.#medium = medium;
    this.#options = { sweepInterval: 3_600_000, ...options, now: () => this.#now };
  }

  async open(): Promise<void> {
    this.#store = await Store.open(this.#medium.log(), this.#options);
    this.#store.on('error', (error) => this.#errors.push(error));
    this.#slots = [];
    this.#seen = new WeakMap();
  }

  async end(): Promise<void> {
    await this.#abandon();
  }

  step(operation: Operation): Promise<void> | undefined {
    const done = this.#make(operation);
    if (done) return done.then(() => this.#check());
    this.#check();
    return undefined;
  }

  #make(operation: Operation): Promise<void> | undefined {
    switch (operation.type) {
      case 'call':
        return this.#call(operation.call);
      case 'transaction':
        return this.#transaction(operation.calls, operation.aborts);
      case 'begin':
        this.#slots[operation.slot]?.transaction.abort();
        this.#slots[operation.slot] = new Opened(this.#store.begin());
        return;
      case 'inside':
        return this.#inside(operation.slot, operation.call);
      case 'commit':
        return this.#commit(operation.slot);
      case 'abort':
        this.#slots[operation.slot]?.transaction.abort();
        this.#slots[operation.slot] = undefined;
        return;
      case 'scan':
        return this.#scan(operation);
      case 'fill':
        return this.#call(fillOf(operation));
      case 'tick':
        return this.#tick(operation.ms);
      case 'turns':
        return turns(operation.count);
      case 'compact':
        this.#background.push(this.#store.compact().catch((error: unknown) => this.#errors.push(error)));
        return;
      case 'flush':
        return this.#flush();
      case 'verify':
        return this.#store.verify().then(() => undefined);
      case 'backup':
        return this.#backup();
      case 'data':
        return this.#data(operation.format);
      case 'load':
        return this.#load(operation);
      case 'reopen':
        return this.#reopen(operation.how);
    }
  }

  #call(call: Call): undefined {
    const draft = this.#reference.copy();
    const actual = perform(spaceOf(this.#store, call.namespace) as never, call, this.#reference);
    const wanted = expected(draft, call, this.#now);
    if (wanted.code === undefined) this.#adopt(draft, [call]);
    if (actual.result instanceof Promise) this.#track(actual.result, wanted, call.type);
    else assert.ok(agrees(actual, wanted), said(call, actual, wanted));
    for (const key of keysOf(call)) checkKey(this.#store, this.#reference, call.namespace, key, this.#now);
    const { namespace } = call;
    assert.equal(spaceOf(this.#store, namespace).size, this.#reference.keys(namespace).length, 'size');
  }

  #transaction(calls: readonly Call[], aborts: boolean): undefined {
    const draft = this.#reference.copy();
    const abort = new Error('aborts');
    let done: Promise<void> | undefined;
    try {
      done = this.#store.transaction((tx) => {
        for (const call of calls) {
          const space = tx.namespace(call.namespace);
          const actual = perform(space, call, draft);
          const wanted = expected(draft, call, this.#now);
          assert.ok(agrees(actual, wanted), `in a transaction: ${said(call, actual, wanted)}`);
          assert.deepEqual([...space.keys()], draft.keys(call.namespace), 'keys in a transaction');
          assert.equal(space.size, draft.keys(call.namespace).length, 'size in a transaction');
        }
        if (aborts) throw abort;
      });
    } catch (error) {
      if (error !== abort) throw error;
    }
    assert.equal(done === undefined, aborts, 'a throw ends a transaction');
    if (!aborts) this.#adopt(draft, calls);
    if (done) this.#track(done, {}, 'transaction');
    for (const { namespace } of calls) this.#list(namespace);
  }

  #inside(slot: number, call: Call): undefined {
    const opened = this.#slots[slot];
    if (!opened) return;
    const view = opened.on(this.#reference, this.#now);
    const actual = perform(opened.transaction.namespace(call.namespace), call, view);
    const wanted = expected(view, call, this.#now);
    opened.made(call, this.#now, actual.code === undefined);
    // Once something has come in its way, what it sees is a mixture.
    if (opened.conflict === 'none')
      assert.ok(agrees(actual, wanted), `inside: ${said(call, actual, wanted)}`);
  }

  async #commit(slot: number): Promise<void> {
    const opened = this.#slots[slot];
    if (!opened) return;
    this.#slots[slot] = undefined;
    const draft = opened.on(this.#reference, this.#now);
    const code = await opened.transaction.commit().then(() => 'none', codeOf);
    if (opened.conflict !== 'may')
      assert.equal(code, opened.conflict === 'must' ? 'CONFLICT' : 'none', 'commit');
    if (code === 'none') this.#adopt(draft, opened.calls);
    for (const { namespace } of opened.calls) this.#list(namespace);
  }

  #scan({ namespace, range, calls }: Extract<Operation, { type: 'scan' }>): undefined {
    const entries = spaceOf(this.#store, namespace).entries(range);
    const { limit = Number.POSITIVE_INFINITY, ...bounds } = range;
    const direction = range.reverse ? -1 : 1;
    let last: string | undefined;
    for (let count = 0; ; count++) {
      const left = this.#reference.keys(namespace, bounds);
      const passed = last;
      const wanted = left.find((key) => passed === undefined || byBytes(key, passed) * direction > 0);
      const next = entries.next();
      if (count >= limit || wanted === undefined) {
        assert.ok(next.done, `a scan gave ${JSON.stringify(next.value)} after its end`);
        return;
      }
      const value = this.#reference.get(namespace, wanted)?.value;
      assert.ok(
        agrees({ result: next.value }, { result: [wanted, value] }),
        `a scan should give ${JSON.stringify(wanted)}`,
      );
      last = wanted;
      const call = calls[count];
      if (call) this.#call(call);
      else if (count > 40) return void entries.return(undefined);
    }
  }

  #tick(ms: number): undefined {
    this.#now += ms;
    const draft = this.#reference.copy();
    draft.expire(this.#now);
    this.#adopt(draft, []);
  }

  async #flush(): Promise<void> {
    await this.#store.flush();
    await turns(1);
    assert.equal(this.#unsettled, 0, 'writes that a flush has left unsettled');
    this.#history = [this.#reference];
  }

  async #backup(): Promise<void> {
    const medium = new MemoryMedium();
    await this.#store.backup(memoryLog(medium));
    const copy = await Store.open(memoryLog(medium), { now: () => this.#now });
    checkAll(copy, this.#reference, this.#now);
    await copy.close();
  }

  #data(format: 'binary' | 'json' | 'jsonl'): undefined {
    const store = this.#store;
    const data = format === 'binary' ? store.toData() : store.toData({ format });
    const copy = Store.fromData(data, { now: () => this.#now });
    checkAll(copy, this.#reference, this.#now);
    const canonical = storeOf(this.#reference, this.#now).toData();
    assert.equal(Buffer.compare(store.toData(), canonical), 0, 'equal content, other data');
    assert.equal(
      Buffer.compare(copy.toData(), canonical),
      0,
      `equal content, other data, by way of ${format}`,
    );
  }

  #load({ format, mode, calls }: Extract<Operation, { type: 'load' }>): undefined {
    const loaded = new Reference();
    for (const call of calls) expected(loaded, call, this.#now);
    const source = storeOf(loaded, this.#now);
    const data = format === 'binary' ? source.toData() : source.toData({ format });
    const draft = this.#reference.copy();
    if (mode === 'replace') for (const name of draft.names()) draft.clear(name);
    for (const name of loaded.names()) {
      for (const key of loaded.keys(name)) {
        const entry = loaded.get(name, key);
        draft.put(name, key, entry?.value, entry?.expiresAt);
      }
    }
    const names = mode === 'replace' ? this.#reference.names() : [];
    const done = this.#store.load(data, { mode });
    this.#adopt(draft, [...calls, ...names.map((namespace): Call => ({ type: 'clear', namespace }))]);
    this.#track(done, {}, 'load');
    checkAll(this.#store, this.#reference, this.#now, this.#seen);
  }

  async #reopen(how: 'close' | 'drop' | 'crash'): Promise<void> {
    if (how === 'drop') await this.#flush();
    const medium = how === 'close' ? this.#medium : this.#medium.copy();
    const states = this.#history; // As known now: of what is acknowledged later the crash knows nothing.
    if (how === 'close') await this.#store.close();
    await this.#abandon(medium);
    await this.open();
    if (how === 'crash') this.#reference = this.#survivor(states);
    checkAll(this.#store, this.#reference, this.#now, this.#seen);
    this.#history = [this.#reference];
  }

  /** The state that a crash has left: one that was, no earlier than the last one acknowledged. */
  #survivor(states: readonly Reference[]): Reference {
    for (const state of [...states].reverse()) {
      const now = state.copy();
      now.expire(this.#now);
      if (holds(this.#store, now, this.#now)) return now;
    }
    checkAll(this.#store, states[0] as Reference, this.#now);
    throw new Error('unreachable');
  }

  /** Leaves the store to itself, and goes on with another medium or the same. */
  async #abandon(medium?: Medium): Promise<void> {
    await this.#store?.close().catch(() => undefined);
    await Promise.all(this.#background);
    this.#background = [];
    if (medium !== this.#medium) this.#medium.remove?.();
    if (medium) this.#medium = medium;
  }

  #adopt(draft: Reference, calls: readonly Call[]): void {
    for (const opened of this.#slots) opened?.onChange(this.#reference, draft, calls);
    this.#reference = draft;
    this.#history.push(draft);
  }

  /** Notes when a promise of the store settles, which makes durable what there was when it was given. */
  #track(promise: Promise<unknown>, wanted: Outcome, what: string): void {
    const state = this.#reference;
    this.#unsettled++;
    const settled = promise.then(
      (result) => {
        if (!agrees({ result }, wanted))
          this.#errors.push(new Error(`${what} resolved to ${String(result)}`));
        const at = this.#history.indexOf(state);
        if (at > 0) this.#history = this.#history.slice(at);
      },
      (error: unknown) => this.#errors.push(error),
    );
    void settled.then(() => this.#unsettled--);
  }

  #list(namespace: string): void {
    assert.deepEqual([...spaceOf(this.#store, namespace).keys()], this.#reference.keys(namespace), 'keys');
  }

  #check(): void {
    for (const error of this.#errors) throw error;
    if (++this.#steps % 6 === 0) checkAll(this.#store, this.#reference, this.#now, this.#seen);
  }
}

function fillOf({ namespace, count, bytes }: Extract<Operation, { type: 'fill' }>): Call {
  const entries = Array.from(
    { length: count },
    (_, i) => [`f${String(i).padStart(4, '0')}`, 'v'.repeat(bytes)] as const,
  );
  return { type: 'setMany', namespace, entries, ttl: undefined };
}

async function turns(count: number): Promise<void> {
  for (let left = count; left > 0; left--) await new Promise((resolve) => setImmediate(resolve));
}

function codeOf(error: unknown): string {
  if (error instanceof IsokvError) return error.code;
  throw error;
}

function said(call: Call, actual: Outcome, wanted: Outcome): string {
  return `${JSON.stringify(call)}\n gave ${JSON.stringify(actual)}\n not ${JSON.stringify(wanted)}`;
}
