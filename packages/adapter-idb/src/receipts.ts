/**
 * Up to where each writer has written. A rewrite puts it beside the new content, and so a writer that has lost an answer
 * learns whether what it wrote is in there: its own record is gone.
 */
import type { Position } from '@isokv/core';

/** Its key in the object store: not a number, so that it comes after all records. */
export const RECEIPTS = 'receipts';

/** Of so many writers, those that wrote last, it is kept. Every page and worker is another, each time it opens the log. */
const MAX_WRITERS = 64;

export class Receipts {
  readonly #writer: number;
  /** In the order in which they wrote last. */
  #ends: Map<number, Position> = new Map();
  /** What this writer has handed over since it last knew of all of it: where it would end, and the last commit in it. */
  #open: { readonly end: Position; readonly seq: number }[] = [];

  /** `writer`: whose they are. */
  constructor(writer: number) {
    this.#writer = writer;
  }

  /** What a rewrite has left. */
  restore(stored: unknown): void {
    this.#ends = new Map(stored instanceof Map ? stored : []);
  }

  /** What a rewrite leaves, whose own content ends at `end`. */
  toStore(end: Position): Map<number, Position> {
    const all = new Map(this.#ends);
    all.delete(this.#writer);
    return new Map([...all, [this.#writer, end] as const].slice(-MAX_WRITERS));
  }

  note(writer: number, end: Position): void {
    this.#ends.delete(writer);
    this.#ends.set(writer, end);
  }

  handOver(end: Position, seq: number): void {
    this.#open.push({ end, seq });
  }

  /** What was handed over last is done. */
  done(end: Position): void {
    this.#open = [];
    this.note(this.#writer, end);
  }

  get isOpen(): boolean {
    return this.#open.length > 0;
  }

  /** Now that all of the log is known. @returns up to which commit what was handed over is in it; 0: none */
  settle(): number {
    const own = this.#ends.get(this.#writer) ?? 0;
    const seqs = this.#open.map(({ end, seq }) => (end <= own ? seq : 0));
    this.#open = [];
    return Math.max(0, ...seqs);
  }
}
