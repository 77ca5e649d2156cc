/**
 * Extends a file with zeros ahead of what is appended. A sync of bytes written in place costs about two thirds
 * of one that must also record that the file has grown.
 *
 * The zeros are written between syncs, in the background, long before they are needed, and never synced here:
 * a sync reports a failed write once, and would take from the next append the report that was meant for it.
 * So a fill that fails, or stops short, has changed nothing that counts: it only is the last one.
 */
import type { FileHandle } from './file-system.ts';

const ZEROS = new Uint8Array(64 * 1024);
/** A fill is as large as this many appends, so that what it adds to one sync stays out of the 99th percentile. */
const STEP_APPENDS = 256;
const STEP_BYTES_LEAST = 256 * 1024;
const STEP_BYTES_MOST = 1024 * 1024;
/** Larger appends gain nothing by it: writing them takes longer than recording the growth. */
const APPEND_BYTES_MOST = 32 * 1024;

export class Preallocation {
  readonly #file: FileHandle;
  /** Up to where the file has bytes to write over. */
  #filled: number;
  #filling: Promise<void> | undefined;
  #ended = false;
  /** Up to where the zeros go that are on their way. */
  #fillingTo = 0;

  constructor(file: FileHandle, filled: number) {
    this.#file = file;
    this.#filled = filled;
  }

  /** Before a write up to `end`: something to wait for if zeros may be on their way to the same place. */
  inTheWay(end: number): Promise<void> | undefined {
    return end > this.#filled ? this.#filling : undefined;
  }

  /** Of zeros that are on their way to where a write up to `end` goes: how long the file is when they are there. */
  underWayTo(end: number): number | undefined {
    return this.#filling && end > this.#filled ? this.#fillingTo : undefined;
  }

  /** The file has bytes up to `end`. */
  wrote(end: number): void {
    this.#filled = Math.max(this.#filled, end);
  }

  /** After a synced append of `bytes` up to `end`: sees to the room of those that follow. */
  fillAhead(bytes: number, end: number): void {
    if (this.#filling || this.#ended || bytes > APPEND_BYTES_MOST) return;
    const wanted = Math.min(Math.max(bytes * STEP_APPENDS, STEP_BYTES_LEAST), STEP_BYTES_MOST);
    if (this.#filled - end < wanted / 2) this.#filling = this.#fill(wanted);
  }

  /** Resolves when no zeros are on their way. None follow until the next append. */
  async idle(): Promise<void> {
    await this.#filling;
  }

  /** The file has been cut: it ends at `end` now. */
  cut(end: number): void {
    this.#filled = end;
  }

  async #fill(wanted: number): Promise<void> {
    const from = this.#filled;
    this.#fillingTo = from + wanted;
    const zeros = Array<Uint8Array>(Math.ceil(wanted / ZEROS.length)).fill(ZEROS);
    try {
      const written = await this.#file.writev(zeros, from);
      this.#filled = from + written;
      this.#ended = written < wanted;
    } catch {
      this.#ended = true;
    }
    this.#filling = undefined;
  }
}
