/** Checks what checksums cannot: that items follow one another as those of a log do, and that they decode. */
import { compareBytes, compareKeys } from '../bytes/order.ts';
import { checkUtf8 } from '../bytes/utf8.ts';
import { corrupt, type Damage, hasCode, type IsokvError } from '../errors.ts';
import { Block, badBlock } from '../format/block.ts';
import { type ChangeReader, NAMESPACE, PUT, TAG } from '../format/change.ts';
import { type Commit, changesOf } from '../format/commit.ts';
import type { RunSummary } from '../format/run-end.ts';
import type { LogItem, Position } from './log.ts';

export class ItemCheck {
  /** The last commit so far; of a run, the last that it contains. */
  seq: number;
  /** Entries of the run. */
  entries = 0;
  commits = 0;
  changes = 0;
  readonly #checkValue: (put: ChangeReader) => void;
  /** Whether something is missing before what comes next. */
  #afterDamage = false;
  #lastBlock: Block | undefined;

  /** `seq`: the commit before the first. `checkValue` looks at the values that are neither text nor bytes, and throws. */
  constructor(seq = 0, checkValue: (put: ChangeReader) => void = () => undefined) {
    this.seq = seq;
    this.#checkValue = checkValue;
  }

  /** @throws CORRUPT for an item that does not follow those before it, or does not decode; it does not count then */
  take(item: LogItem): void {
    if (item.type === 'damage') this.#afterDamage = true;
    else if (item.type === 'block') this.#takeBlock(new Block(item.bytes));
    else if (item.type === 'run') this.#takeRun(item.summary);
    else if (item.type === 'commit') this.#takeCommit(item.commit);
  }

  /** As `take`. @returns what is wrong with an item, which begins at `start`: it counts as damage then */
  find(item: LogItem, start: Position): Damage | undefined {
    try {
      this.take(item);
      return item.type === 'damage' ? item.damage : undefined;
    } catch (error) {
      if (hasCode(error, 'UNKNOWN_CODEC')) throw error;
      this.#afterDamage = true;
      return {
        offset: start,
        bytes: item.position - start,
        message: `${(error as Error | null)?.message ?? error}`,
      };
    }
  }

  /** Goes through the bytes: what no one will read need not be made a string. */
  #takeBlock(block: Block): void {
    const { bytes, count } = block;
    if (this.#lastBlock) checkOrder(this.#lastBlock, block);
    let expiring = 0;
    let start = 0;
    let end = 0;
    for (let index = 0; index < count; index++) {
      const entry = block.entry(index, false);
      const { keyStart, keyEnd } = entry;
      if (index > 0 && compareBytes(bytes, start, end, bytes, keyStart, keyEnd) >= 0) throw outOfOrder();
      start = keyStart;
      end = keyEnd;
      checkUtf8(bytes, start, end);
      if (entry.expiresAt !== 0 && block.expiringIndex(expiring++) !== index) throw badBlock();
      this.#takeValue(entry);
    }
    if (expiring !== block.expiring) throw badBlock();
    this.#lastBlock = block;
    this.entries += count;
  }

  #takeValue(put: ChangeReader): void {
    if (put.tag === TAG.utf8) checkUtf8(put.reader.bytes, put.valueStart, put.valueEnd);
    else if (put.tag !== TAG.bytes) this.#checkValue(put);
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
      if (changes.kind === PUT) this.#takeValue(changes);
    }
    this.changes += count;
    this.commits++;
    this.seq = seq;
    this.#afterDamage = false;
  }
}

/** @throws CORRUPT unless `block` sorts after `before` */
function checkOrder(before: Block, block: Block): void {
  const order =
    compareKeys(before.namespace, block.namespace) ||
    compareKeys(before.entry(before.count - 1).key, block.entry(0).key);
  if (order >= 0) throw outOfOrder();
}

function outOfOrder(): IsokvError {
  return corrupt('entries that are out of order');
}
