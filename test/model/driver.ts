/** Makes operations on a store and on the reference, and compares the two after every step. */
import assert from 'node:assert/strict';
import { type Log, Store, type StoreOptions } from '../../packages/core/src/index.ts';
import { agrees, expected, keysOf, perform } from './calls.ts';
import { checkAll, checkKey, type Seen, spaceOf } from './checks.ts';
import { History } from './history.ts';
import { Opened } from './open-transactions.ts';
import type { Call, Case, Operation } from './operations.ts';
import { Reference } from './reference.ts';
import { checkBackup, checkData, codeOf, fillOf, loading, said, scan, survivor, turns } from './steps.ts';

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
  { looks, operations }: Case,
  options: StoreOptions = {},
): Promise<void> {
  const driver = new Driver(medium, looks, options);
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
  /** Whether ranges and sizes are read all the time: that has effects of its own, and would hide what needs none. */
  readonly #looks: boolean;
  #now = 1_800_000_000_000;
  #steps = 0;
  #reference: Reference = new Reference();
  #history: History = new History(this.#reference);
  #slots: (Opened | undefined)[] = [];
  #seen: Seen = new WeakMap();
  /** Compactions that may still be going on. */
  #background: Promise<unknown>[] = [];

  constructor(medium: Medium, looks: boolean, options: StoreOptions) {
    this.#looks = looks;
    this.#medium = medium;
    this.#options = { sweepInterval: 3_600_000, ...options, now: () => this.#now };
  }

  async open(): Promise<void> {
    this.#store = await Store.open(this.#medium.log(), this.#options);
    this.#store.on('error', (error) => this.#history.errors.push(error));
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
        return scan(
          spaceOf(this.#store, operation.namespace),
          () => this.#reference,
          operation,
          (call) => this.#call(call),
        );
      case 'fill':
        return this.#call(fillOf(operation));
      case 'tick':
        return this.#tick(operation.ms);
      case 'turns':
        return turns(operation.count);
      case 'compact':
        this.#background.push(
          this.#store.compact().catch((error: unknown) => this.#history.errors.push(error)),
        );
        return;
      case 'flush':
        return this.#flush();
      case 'verify':
        return this.#store.verify().then(() => undefined);
      case 'backup':
        return checkBackup(this.#store, this.#reference, this.#now);
      case 'data':
        return void checkData(this.#store, this.#reference, this.#now, operation.format);
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
    if (actual.result instanceof Promise) this.#history.track(actual.result, wanted, call.type);
    else assert.ok(agrees(actual, wanted), said(call, actual, wanted));
    for (const key of keysOf(call)) checkKey(this.#store, this.#reference, call.namespace, key, this.#now);
    if (!this.#looks) return;
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
          if (!this.#looks) continue;
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
    if (done) this.#history.track(done, {}, 'transaction');
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

  #load({ format, mode, calls }: Extract<Operation, { type: 'load' }>): undefined {
    const { data, after } = loading(this.#reference, calls, format, mode, this.#now);
    const names = mode === 'replace' ? this.#reference.names() : [];
    const done = this.#store.load(data, { mode });
    this.#adopt(after, [...calls, ...names.map((namespace): Call => ({ type: 'clear', namespace }))]);
    this.#history.track(done, {}, 'load');
    if (this.#looks) checkAll(this.#store, this.#reference, this.#now, this.#seen);
  }

  #tick(ms: number): undefined {
    this.#now += ms;
    const draft = this.#reference.copy();
    draft.expire(this.#now);
    const gone = this.#reference;
    this.#adopt(draft, []);
    if (!this.#looks) return;
    for (const name of gone.names()) {
      for (const key of gone.keys(name)) {
        if (!draft.get(name, key)) checkKey(this.#store, draft, name, key, this.#now);
      }
    }
  }

  async #flush(): Promise<void> {
    await this.#store.flush();
    await turns(1);
    assert.equal(this.#history.unsettled, 0, 'writes that a flush has left unsettled');
    this.#history.isDurable(this.#reference);
  }

  async #reopen(how: 'close' | 'drop' | 'crash'): Promise<void> {
    if (how === 'drop') await this.#flush();
    const medium = how === 'close' ? this.#medium : this.#medium.copy();
    const { states } = this.#history; // As known now: of what is acknowledged later the crash knows nothing.
    if (how === 'close') await this.#store.close();
    await this.#abandon(medium);
    await this.open();
    if (how === 'crash') this.#reference = survivor(this.#store, states, this.#now);
    checkAll(this.#store, this.#reference, this.#now, this.#seen);
    this.#history.add(this.#reference);
    this.#history.isDurable(this.#reference);
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
    this.#history.add(draft);
  }

  #list(namespace: string): void {
    if (!this.#looks) return;
    assert.deepEqual([...spaceOf(this.#store, namespace).keys()], this.#reference.keys(namespace), 'keys');
  }

  #check(): void {
    for (const error of this.#history.errors) throw error;
    if (this.#looks && ++this.#steps % 6 === 0) checkAll(this.#store, this.#reference, this.#now, this.#seen);
  }
}
