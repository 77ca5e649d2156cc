import { IsokvError } from '../errors.ts';

type Refusal = keyof typeof REFUSALS;

/** Whether a store may be read and written at present, and why not. */
export class Access {
  #unreadable: Refusal | undefined;
  #unwritable: Refusal | undefined;
  readonly #onUnreadable: () => void;

  /** `onUnreadable` is called when reads are refused from now on. */
  constructor(readOnly: boolean, onUnreadable: () => void) {
    this.#unwritable = readOnly ? 'READ_ONLY' : undefined;
    this.#onUnreadable = onUnreadable;
  }

  checkOpen(): void {
    if (this.#unreadable === 'CLOSED') throw refusal('CLOSED');
  }

  /** Whether code of the user's runs in the middle of a write: the commit of this turn cannot end there. */
  get isMidWrite(): boolean {
    return this.#unwritable === 'NESTED_TRANSACTION';
  }

  checkReadable(): void {
    if (this.#unreadable) throw refusal(this.#unreadable);
  }

  checkWritable(): void {
    const reason = this.#unreadable ?? this.#unwritable;
    if (reason) throw refusal(reason);
  }

  closeWrites(): void {
    this.#unwritable = 'CLOSED';
  }

  closeReads(): void {
    this.#unreadable = 'CLOSED';
    this.#onUnreadable();
  }

  /** Runs `task` while the store itself may neither be read nor written: only the transaction may. */
  closedToOthers<R>(task: () => R): R {
    const before = this.#unreadable;
    this.#unreadable = 'NESTED_TRANSACTION';
    this.#onUnreadable();
    try {
      return task();
    } finally {
      if (this.#unreadable === 'NESTED_TRANSACTION') this.#unreadable = before; // Not when it was closed.
    }
  }

  /** Runs a callback of the user's in the middle of a write: it may read but not write. */
  closedToWrites<R>(task: () => R): R {
    return this.openToWrites(task, 'NESTED_TRANSACTION');
  }

  /** Runs `task` though the store may be closed: it makes again what was written before. */
  openToWrites<R>(task: () => R, unless?: Refusal): R {
    const before = this.#unwritable;
    this.#unwritable = unless;
    try {
      return task();
    } finally {
      if (this.#unwritable === unless) this.#unwritable = before; // Not when it was closed.
    }
  }
}

const REFUSALS = {
  CLOSED: 'the store is closed',
  READ_ONLY: 'the store was opened with readOnly: open it without, to write',
  NESTED_TRANSACTION: 'in a callback use what it is given (tx), not the store',
};

function refusal(code: Refusal): IsokvError {
  return new IsokvError(code, REFUSALS[code]);
}
