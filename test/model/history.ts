import { agrees, type Outcome } from './calls.ts';
import type { Reference } from './reference.ts';

/** The states that a crash may leave, and what the promises of the store say of them. */
export class History {
  /** From the last one known to be durable to the one that is now. */
  states: readonly Reference[];
  /** Promises that have not settled. */
  unsettled = 0;
  /** What went wrong where nobody waited for it. */
  readonly errors: unknown[] = [];

  constructor(state: Reference) {
    this.states = [state];
  }

  get last(): Reference {
    return this.states.at(-1) as Reference;
  }

  add(state: Reference): void {
    this.states = [...this.states, state];
  }

  /** All that came before `state` is past: no crash brings it back. */
  isDurable(state: Reference): void {
    const at = this.states.indexOf(state);
    if (at > 0) this.states = this.states.slice(at);
  }

  /** Notes when a promise of the store settles, which makes durable what there was when it was given. */
  track(promise: Promise<unknown>, wanted: Outcome, what: string): void {
    const state = this.last;
    this.unsettled++;
    const settled = promise.then(
      (result) => {
        if (!agrees({ result }, wanted)) this.errors.push(new Error(`${what} resolved to ${String(result)}`));
        this.isDurable(state);
      },
      (error: unknown) => this.errors.push(error),
    );
    void settled.then(() => this.unsettled--);
  }
}
