/**
 * A file: what those who use it see, and what the medium holds of it.
 *
 * What was changed since the last sync may have reached the medium or not, each write apart from the others and
 * sector by sector. Sizes reach it in the order they were made, but apart from the bytes. A write changes no byte
 * outside of its range, nor one that it leaves as it was. `fdatasync` need not make durable that a file was cut, nor its permissions.
 */

import type { Random } from '@isokv/core/testing';
import { Content } from './content.ts';
import { type Keep, type Loss, lossOf, putTorn } from './tear.ts';

/** Something that was done to the content. `bytes` is undefined where it was cut, or made longer, to `end`. */
interface Change {
  readonly bytes: Uint8Array | undefined;
  readonly position: number;
  /** How long the file was after it. */
  readonly end: number;
  /** Whether a sync has covered it; `lost`: one that failed, and none that follows will try it again. */
  readonly fate: 'open' | 'durable' | 'lost';
}

export class Inode {
  mode: number;
  /** As those who use it see it. */
  content: Content = new Content();
  #durableMode: number;
  /** What the medium holds for certain, before the changes. */
  #durable: Content = new Content();
  #changes: Change[] = [];

  constructor(mode: number) {
    this.mode = mode;
    this.#durableMode = mode;
  }

  /** A file that is on the medium as it is. */
  static durable(bytes: Uint8Array, mode: number): Inode {
    const inode = new Inode(mode);
    inode.write([bytes], 0);
    inode.sync(false);
    return inode;
  }

  /** The same file for another world to go on with, with what has not reached the medium yet. */
  copy(): Inode {
    const copy = new Inode(this.mode);
    copy.content = this.content.copy();
    copy.#durableMode = this.#durableMode;
    copy.#durable = this.#durable.copy();
    copy.#changes = this.#changes.slice();
    return copy;
  }

  /** Writes the first `most` bytes of the chunks. @returns how many that were */
  write(chunks: readonly Uint8Array[], position: number, most: number = Number.POSITIVE_INFINITY): number {
    const bytes = new Uint8Array(Buffer.concat(chunks).subarray(0, most));
    if (bytes.length === 0) return 0;
    this.content.write(bytes, position);
    this.#add(bytes, position);
    return bytes.length;
  }

  truncate(bytes: number): void {
    this.content.resize(bytes);
    this.#add(undefined, bytes);
  }

  /** What a sync does. `dataOnly`: as `fdatasync`. */
  sync(dataOnly: boolean): void {
    if (!dataOnly) this.#durableMode = this.mode;
    if (this.#changes.length === 0) return;
    if (this.#changes.some(({ fate }) => fate === 'lost')) {
      this.#changes = this.#changes.map((change) =>
        change.fate === 'open' ? { ...change, fate: 'durable' } : change,
      );
      return;
    }
    const before = this.#durable;
    this.#durable = this.content.copy();
    this.#changes = [];
    if (!dataOnly || before.bytes <= this.content.bytes) return;
    // The cut may still be undone: with what the medium held there before.
    this.#durable.write(before.slice(this.content.bytes), this.content.bytes);
    this.#add(undefined, this.content.bytes);
  }

  /** What a sync does that fails: the system forgets that there was something to be written. */
  loseSync(): void {
    this.#changes = this.#changes.map((change) =>
      change.fate === 'open' ? { ...change, fate: 'lost' } : change,
    );
  }

  /** Whether a failed sync has left something that no other will take to the medium. */
  get hasLost(): boolean {
    return this.#changes.some(({ fate }) => fate === 'lost');
  }

  /** The file as a power loss leaves it. */
  afterPowerLoss(keep: Keep, random: Random): Inode {
    const left = new Inode(this.#durableMode);
    if (keep === 'some' && random.chance(0.5)) left.mode = this.mode;
    if (keep === 'everything') left.mode = this.mode;
    left.#durableMode = left.mode;
    left.content = keep === 'everything' ? this.content.copy() : this.#torn(lossOf(keep, random), random);
    left.#durable = left.content.copy();
    return left;
  }

  #torn(loss: Loss, random: Random): Content {
    const content = this.#durable.copy();
    const changes = this.#changes;
    const durable = changes.map(({ fate }) => fate).lastIndexOf('durable') + 1;
    // Up to where sizes have reached the medium.
    const sized = loss.keep === 'nothing' ? durable : durable + random.below(changes.length - durable + 1);
    const bytes = sized === 0 ? content.bytes : (changes[sized - 1] as Change).end;
    for (const [index, change] of changes.entries()) {
      if (change.bytes === undefined) {
        if (index < sized) content.resize(change.position);
      } else if (change.fate === 'durable') content.write(change.bytes, change.position);
      else putTorn(content, change.bytes, change.position, loss, random);
    }
    content.resize(bytes);
    return content;
  }

  #add(bytes: Uint8Array | undefined, position: number): void {
    this.#changes.push({ bytes, position, end: this.content.bytes, fate: 'open' });
  }
}
