/** Makes a whole log of what is intact of a damaged one. */
import { Reader } from '../../bytes/reader.ts';
import { Writer } from '../../bytes/writer.ts';
import type { Damage } from '../../errors.ts';
import type { Commit } from '../../format/commit.ts';
import type { RunSummary } from '../../format/run-end.ts';
import { ItemCheck } from '../item-check.ts';
import type { LogItem, Position, Salvage } from '../log.ts';

type Item<Type extends LogItem['type']> = Extract<LogItem, { type: Type }>;

export class Salvager {
  readonly damage: Damage[];
  readonly #check = new ItemCheck();
  readonly #blocks: Item<'block'>[] = [];
  readonly #commits: Commit[] = [];
  readonly #gaps: [first: number, last: number][] = [];
  #torn: Item<'torn'> | undefined;
  #run: RunSummary | undefined;
  /** The last commit before the next, as far as it is known. */
  #seq: number | undefined;
  #position: Position = 0;

  /** `damage`: what is known of the medium itself. */
  constructor(damage: readonly Damage[]) {
    this.damage = [...damage];
  }

  /** The header says that there is no run. */
  startsWithCommits(): void {
    this.#seq = 0;
    this.#run = { seq: 0, blocks: 0, entries: 0 };
  }

  take(item: LogItem): void {
    const start = this.#position;
    this.#position = item.position;
    const damage = this.#check.find(item, start);
    if (damage) this.#add(damage);
    else if (item.type === 'torn') this.#torn = item;
    else if (item.type === 'block') this.#blocks.push(item);
    else if (item.type === 'run') {
      this.#run = item.summary;
      this.#seq = item.summary.seq;
    } else if (item.type === 'commit') this.#takeCommit(item.commit);
  }

  get isEmpty(): boolean {
    return this.#blocks.length + this.#commits.length === 0;
  }

  /** A log of what was saved. The last commit keeps its number; there are no gaps before it any more. */
  *items(): Generator<LogItem> {
    const position = 0;
    const before = this.#check.seq - this.#commits.length;
    yield* this.#blocks;
    const summary = { seq: before, blocks: this.#blocks.length, entries: this.#check.entries };
    yield { type: 'run', summary, position };
    for (const [index, commit] of this.#commits.entries())
      yield { type: 'commit', commit: numbered(commit, before + 1 + index), position };
    if (this.#torn) yield this.#torn;
  }

  report(keptAs: string | undefined): Salvage {
    const { entries, commits } = this.#check;
    return {
      keptAs,
      damage: this.damage.sort((a, b) => a.offset - b.offset),
      saved: { entries, commits },
      lost: { commits: this.#gaps, entries: this.#run && this.#run.entries - entries },
    };
  }

  #takeCommit(commit: Commit): void {
    const first = this.#seq === undefined ? commit.seq : this.#seq + 1;
    if (first < commit.seq) this.#gaps.push([first, commit.seq - 1]);
    this.#seq = commit.seq;
    this.#commits.push(commit);
  }

  /** Adds damage, to what came just before it if the two touch. */
  #add(damage: Damage): void {
    const last = this.damage.at(-1);
    if (last && last.offset + last.bytes === damage.offset)
      this.damage[this.damage.length - 1] = { ...last, bytes: last.bytes + damage.bytes };
    else this.damage.push(damage);
  }
}

/** The same changes under another sequence number. */
function numbered(commit: Commit, seq: number): Commit {
  if (commit.seq === seq) return commit;
  const { payload } = commit;
  const reader = new Reader(payload);
  reader.varint();
  const writer = new Writer(payload.length + 8);
  writer.varint(seq);
  writer.raw(payload.subarray(reader.position));
  return { seq, payload: writer.take() };
}
