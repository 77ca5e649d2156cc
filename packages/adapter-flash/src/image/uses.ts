import type { Span, Use } from './flash-map.ts';

/** What each byte of a page is for. */
export class Uses {
  readonly #uses: Use[];

  /** Blank bytes are free; the others are `rest` until it is said what they are for. */
  constructor(bytes: Uint8Array, rest: Use) {
    this.#uses = Array.from(bytes, (byte) => (byte === 0xff ? 'free' : rest));
  }

  fill(use: Use, from: number, to: number): void {
    this.#uses.fill(use, from, to);
  }

  sums(): Record<Use, number> {
    const sums = { live: 0, dead: 0, frame: 0, torn: 0, free: 0 };
    for (const use of this.#uses) sums[use]++;
    return sums;
  }

  spans(): Span[] {
    const spans: Span[] = [];
    let from = 0;
    for (const [index, use] of this.#uses.entries()) {
      if (this.#uses[index + 1] === use) continue;
      spans.push({ from, to: index + 1, use });
      from = index + 1;
    }
    return spans;
  }
}
