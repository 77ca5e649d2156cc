/** Checks what checksums cannot: that items follow one another as those of a log do, and that they decode. */
import { compareKeys } from '../bytes/order.ts';
import { corrupt } from '../errors.ts';
import { Block } from '../format/block.ts';
import { type ChangeReader, NAMESPACE, PUT } from '../format/change.ts';
import { type Commit, changesOf } from '../format/commit.ts';
import type { RunSummary } from '../format/run-end.ts';
import type { LogItem } from './log.ts';

export class ItemCheck {
  /** The last commit so far; of a run, the last that it contains. */
  seq = 0;
  /** Entries of the run. */
  entries = 0;
  commits = 0;
  changes = 0;
  readonly #onPut: (put: ChangeReader) => void;
  /** Whether something is missing before what comes next. */
  #afterDamage = false;
  /** Of the last block. */
  #namespace: string | undefined;
  #lastKey = '';

  /** `onPut` may look at every entry and put, and throw. */
  constructor(onPut: (put: ChangeReader) => void = () => undefined) {
    this.#onPut = onPut;
  }

  /** @throws CORRUPT for an item that does not follow those before it, or does not decode; it does not count then */
  take(item: LogItem): void {
    if (item.type === 'damage') this.#afterDamage = true;
    else if (item.type === 'block') this.#takeBlock(new Block(item.bytes));
    else if (item.type === 'run') this.#takeRun(item.summary);
    else if (item.type === 'commit') this.#takeCommit(item.commit);
  }

  #takeBlock(block: Block): void {
    const { namespace, count } = block;
    let expiring = 0;
    let before: string | undefined;
    if (this.#namespace !== undefined) {
      const order = compareKeys(this.#namespace, namespace);
      if (order > 0) throw corrupt('blocks that are out of order');
      if (order === 0) before = this.#lastKey;
    }
    for (let index = 0; index < count; index++) {
      const entry = block.entry(index);
      const { key } = entry;
      if (before !== undefined && compareKeys(before, key) >= 0)
        throw corrupt('entries that are out of order');
      before = key;
      if (entry.expiresAt !== 0 && block.expiringIndex(expiring++) !== index)
        throw corrupt('an entry that expires and is not in the list of those that do');
      this.#onPut(entry);
    }
    if (expiring !== block.expiring)
      throw corrupt('an entry that does not expire in the list of those that do');
    this.#namespace = namespace;
    this.#lastKey = before ?? '';
    this.entries += count;
  }

  #takeRun({ seq, entries }: RunSummary): void {
    if (entries !== this.entries && !this.#afterDamage)
      throw corrupt(`a run of ${this.entries} entries that should have ${entries}`);
    this.seq = seq;
    this.#afterDamage = false;
  }

  #takeCommit(commit: Commit): void {
    const { seq } = commit;
    // Bytes of another time or place, which a medium has brought back, must not come after what is newer.
    if (this.#afterDamage ? seq <= this.seq : seq !== this.seq + 1)
      throw corrupt(`commit ${seq} where ${this.seq + 1} should be`);
    const changes = changesOf(commit);
    let count = 0;
    while (changes.next()) {
      if (changes.kind !== NAMESPACE) count++; // That one only says where the others are.
      if (changes.kind === PUT) this.#onPut(changes);
    }
    this.changes += count;
    this.commits++;
    this.seq = seq;
    this.#afterDamage = false;
  }
}
