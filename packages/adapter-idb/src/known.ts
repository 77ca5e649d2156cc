/** What a writer knows of its log: where it begins and ends, and what others have told of what follows. */
import type { Position } from '@isokv/core';
import type { Piece, Written } from './pieces.ts';
import { Receipts } from './receipts.ts';

export class Known {
  /** The key of the BASE. */
  base = 0;
  end: Position = 0;
  /** Whether the log has no bytes yet. */
  isBlank = true;
  /** Whether there may be more in the database than was told. */
  isBehind = false;
  readonly writer: number;
  readonly receipts: Receipts;
  readonly #onFirst: () => void;
  /** What others have told of, from `end` on. */
  #inbox: Piece[] = [];

  /** `onFirst` is called when the log comes to have bytes. */
  constructor(writer: number, onFirst: () => void) {
    this.writer = writer;
    this.receipts = new Receipts(writer);
    this.#onFirst = onFirst;
  }

  /** The end of the log as callers know it: that of an empty one is 0. */
  get position(): Position {
    return this.isBlank ? 0 : this.end;
  }

  endsAt(end: Position, isBlank: boolean): void {
    if (this.isBlank && !isBlank) this.#onFirst();
    this.end = end;
    this.isBlank = isBlank;
    const first = this.#inbox.findIndex(({ position }) => position >= end);
    this.#inbox = first < 0 || this.#inbox[first]?.position !== end ? [] : this.#inbox.slice(first);
  }

  /** These pieces were read, of which the last ends at `end`. (Whoever tells of a piece knows that it was written.) */
  took(pieces: readonly Written[], end: Position, isBlank: boolean): void {
    for (const { by, position, bytes } of pieces) this.receipts.note(by, position + bytes.length);
    this.endsAt(end, isBlank);
  }

  /** @returns whether it is news */
  hear(news: Piece): boolean {
    const last = this.#inbox.at(-1);
    const end = last ? last.position + last.bytes.length : this.end;
    if (news.position < end) return false; // Known: it was read from the database.
    if (news.position === end) this.#inbox.push(news);
    else this.isBehind = true;
    return true;
  }

  /** Takes in what was told. */
  takeTold(): readonly Piece[] {
    const told = this.#inbox;
    const last = told.at(-1);
    if (last) this.endsAt(last.position + last.bytes.length, false);
    return told;
  }
}
