/**
 * The names in a folder. What was done since its last sync may have reached the medium or not, each change apart
 * from the others; a rename is one change.
 */

import type { Random } from '@isokv/core/testing';
import type { Inode } from './inode.ts';
import type { Keep } from './tear.ts';

/** A file, or the target of a symbolic link. */
export type Entry = Inode | string;

type Change = readonly (readonly [name: string, entry: Entry | undefined])[];

export class Folder {
  /** As those who use it see it. */
  readonly entries: Map<string, Entry> = new Map();
  #durable: Map<string, Entry> = new Map();
  #changes: readonly Change[] = [];

  /** Sets names, or removes them where `entry` is undefined, at once. */
  change(...change: Change): void {
    apply(this.entries, change);
    this.#changes = [...this.#changes, change];
  }

  sync(): void {
    this.#durable = new Map(this.entries);
    this.#changes = [];
  }

  /** The same for another world. `copyOf` gives the inodes of that world. */
  copy(copyOf: (entry: Entry) => Entry): Folder {
    const copy = new Folder();
    for (const [name, entry] of this.entries) copy.entries.set(name, copyOf(entry));
    for (const [name, entry] of this.#durable) copy.#durable.set(name, copyOf(entry));
    copy.#changes = this.#changes.map((change) =>
      change.map(([name, entry]) => [name, entry && copyOf(entry)]),
    );
    return copy;
  }

  afterPowerLoss(keep: Keep, random: Random, leftOf: (entry: Entry) => Entry): Folder {
    const names = new Map(this.#durable);
    const odds = keep === 'everything' ? 1 : keep === 'nothing' ? 0 : 0.5;
    for (const change of this.#changes) if (random.chance(odds)) apply(names, change);
    const left = new Folder();
    for (const [name, entry] of names) left.entries.set(name, leftOf(entry));
    left.sync();
    return left;
  }
}

function apply(entries: Map<string, Entry>, change: Change): void {
  for (const [name, entry] of change) {
    if (entry === undefined) entries.delete(name);
    else entries.set(name, entry);
  }
}
