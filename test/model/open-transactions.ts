/** Explicit transactions that are open, and whether they may still commit. */
import type { OpenTransaction } from '../../packages/core/src/index.ts';
import { concerns, expected, keysOf } from './calls.ts';
import type { Call } from './operations.ts';
import type { Reference } from './reference.ts';

interface Made {
  readonly call: Call;
  readonly now: number;
  /** Whether it went well: one that threw may have read, and may not. */
  readonly done: boolean;
}

/** `may`: a change came in its way that a store may, but need not, take for a conflict. */
export type Conflict = 'none' | 'may' | 'must';

export class Opened {
  readonly transaction: OpenTransaction<Record<string, unknown>>;
  readonly #made: Made[] = [];
  conflict: Conflict = 'none';

  constructor(transaction: OpenTransaction<Record<string, unknown>>) {
    this.transaction = transaction;
  }

  /** What it sees, and would leave: its calls, each as of its own time, on top of what is there. */
  on(reference: Reference, now: number): Reference {
    const view = reference.copy();
    for (const { call, now: then } of this.#made) expected(view, call, then);
    view.expire(now);
    return view;
  }

  made(call: Call, now: number, done: boolean): void {
    this.#made.push({ call, now, done });
  }

  get calls(): Call[] {
    return this.#made.map(({ call }) => call);
  }

  /** Others have made these calls, and the first state became the second. */
  onChange(before: Reference, after: Reference, calls: readonly Call[]): void {
    for (const { call, done } of this.#made) {
      const { namespace } = call;
      for (const key of new Set([...before.keys(namespace), ...after.keys(namespace)])) {
        if (before.get(namespace, key) === after.get(namespace, key) || !concerns(call, key)) continue;
        if (done) this.conflict = 'must';
        else this.#may();
      }
      for (const other of calls) {
        if (other.namespace !== namespace) continue;
        if (other.type === 'clear' || keysOf(other).some((key) => concerns(call, key))) this.#may();
      }
    }
  }

  #may(): void {
    if (this.conflict === 'none') this.conflict = 'may';
  }
}
