/** How the calls to a hostile file system are made: told of before and after, held up, failed, and halted. */
import { Random } from '@isokv/core/testing';
import { type Before, type Call, systemError } from '../call.ts';
import { Faults } from './faults.ts';

export interface CallDetails {
  readonly position?: number;
  /** How many bytes are to be moved. */
  readonly bytes?: number;
  readonly chunks?: readonly Uint8Array[];
  readonly failed?: (() => void) | undefined;
}

export class Calls {
  before: Before | undefined;
  after: ((call: Call) => void) | undefined;
  readonly faults: Faults = new Faults();
  readonly #random: Random;
  /** What carries out each call that has been made, and still waits for `before`. */
  readonly #underWay: Set<() => void> = new Set();
  #halted = false;

  constructor(seed: number) {
    this.#random = new Random(seed);
  }

  /** No call that is under way, or is yet to be made, ever ends. */
  halt(): void {
    this.#halted = true;
    this.before = undefined;
    this.after = undefined;
  }

  /**
   * Makes a call as the faults will have it. `work` is given how many bytes it may move; `failed` is done in the
   * place of work that fails.
   */
  async make<T>(
    operation: Call['operation'],
    path: string,
    work: (most: number) => T,
    { position = 0, bytes = 0, chunks = [], failed }: CallDetails = {},
  ): Promise<T> {
    const call: Call = { operation, path, position, chunks };
    if (this.#halted) return never();
    let outcome: (() => T) | undefined;
    const carryOut = (most?: number): (() => T) => {
      outcome ??= outcomeOf(() => this.#carryOut(call, work, { bytes, failed }, most));
      return outcome;
    };
    this.#underWay.add(carryOut);
    let allowed: number | undefined;
    try {
      allowed = await this.before?.(call);
    } catch (error) {
      failed?.();
      throw error;
    } finally {
      this.#underWay.delete(carryOut);
    }
    if (this.#halted) return never();
    const result = carryOut(allowed)();
    return this.#halted ? never() : result;
  }

  /** Who lets nobody else run waits for a call that was made before: it is carried out now, as by another thread. */
  getOn(): void {
    for (const carryOut of this.#underWay) carryOut();
  }

  /** As `make`, without a wait: also where `before` asks for one. */
  makeSync<T>(
    operation: Call['operation'],
    path: string,
    work: (most: number) => T,
    { position = 0, bytes = 0, chunks = [], failed }: CallDetails = {},
  ): T {
    const call: Call = { operation, path, position, chunks };
    if (this.#halted) throw systemError('EIO', `the process has been halted, ${operation} '${path}'`);
    let allowed: unknown;
    try {
      allowed = this.before?.(call);
    } catch (error) {
      failed?.();
      throw error;
    }
    return this.#carryOut(call, work, { bytes, failed }, typeof allowed === 'number' ? allowed : undefined);
  }

  #carryOut<T>(
    call: Call,
    work: (most: number) => T,
    { bytes = 0, failed }: CallDetails,
    allowed: number = Number.POSITIVE_INFINITY,
  ): T {
    const { most, error, lie } = this.faults.judge(call, bytes, this.#random);
    const isWrite = call.operation === 'writev' || call.operation === 'writevSync';
    let result: T;
    if (lie) result = (isWrite ? bytes : undefined) as T;
    else if (!error) result = work(Math.min(most, allowed));
    else {
      if (most === Number.POSITIVE_INFINITY || (most > 0 && isWrite)) work(most);
      else failed?.();
      throw error;
    }
    this.after?.(call);
    return result;
  }
}

function outcomeOf<T>(work: () => T): () => T {
  try {
    const result = work();
    return () => result;
  } catch (error) {
    return () => {
      throw error;
    };
  }
}

function never<T>(): Promise<T> {
  return new Promise(() => undefined);
}
