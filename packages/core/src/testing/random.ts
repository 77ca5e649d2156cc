/**
 * Figures that look random and come again from the same seed, for tests: a failure prints its seed.
 * Source: mulberry32 by Tommy Ettinger, public domain.
 */
export class Random {
  #state: number;

  /** @param seed a whole number; those that differ by 2^32 are the same */
  constructor(seed: number) {
    this.#state = seed | 0;
  }

  /** A whole number from 0 to 2^32 - 1. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  }

  /** A whole number from 0 to `limit` - 1. */
  below(limit: number): number {
    return Math.floor((this.next() / 2 ** 32) * limit);
  }

  /** Whether something happens that does in `probability` of all cases, 0 to 1. */
  chance(probability: number): boolean {
    return this.next() < probability * 2 ** 32;
  }

  /** One of these. */
  pick<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)] as T;
  }
}
