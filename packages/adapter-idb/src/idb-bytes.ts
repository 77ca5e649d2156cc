/** A log in IndexedDB: a `ByteLog` whose appends are one transaction each, and whose tabs stay in step. */
import {
  type AppendOptions,
  type ByteChunk,
  type ByteLog,
  type Damage,
  IsokvError,
  type LogCapabilities,
  type LogOpenOptions,
  logConflict,
  type Position,
  type ReplaceOptions,
} from '@isokv/core';
import { Adopter } from './adopter.ts';
import { append } from './append.ts';
import { Connection } from './connection.ts';
import type { Environment } from './environment.ts';
import { checkMode, isConflict } from './errors.ts';
import { keepAside } from './keep-aside.ts';
import { Known } from './known.ts';
import { News } from './news.ts';
import { Reader } from './reader.ts';
import { birthRecord, HEAD_BYTES, newWriter, PIECE, recordsOf } from './records.ts';
import { Replacement } from './replacement.ts';
import { RewriteLock } from './rewrite-lock.ts';
import { Sentinel } from './sentinel.ts';
import { type Tail, Tails } from './tail.ts';

const capabilities: LogCapabilities = Object.freeze({
  name: 'indexeddb',
  durability: Object.freeze(['strict', 'relaxed'] as const),
  shared: true,
  persistent: true,
  atomic: true,
  setsAside: true,
});

/** Positions go on from the time at which a database was made, so that no position of a removed one is met again. */
const POSITIONS_PER_MS = 1024;

export class IdbBytes implements ByteLog {
  readonly capabilities: LogCapabilities = capabilities;
  readonly isOurs = true;
  readonly #name: string;
  readonly #environment: Environment;
  readonly #sentinel: Sentinel;
  readonly #tails: Tails;
  readonly #adopter: Adopter;
  readonly #connection: Connection;
  readonly #rewrites: RewriteLock;
  #known!: Known;
  #reader!: Reader;
  readonly #writer: number = newWriter();
  readonly #listeners: Set<() => void> = new Set();
  #news: News | undefined;
  readonly #onClose: (() => void)[] = [];
  #report: (error: unknown) => void = () => undefined;
  #isOpen = false;
  #wasEvicted = false;
  /** A rewrite that is under way. */
  #replacement: Replacement | undefined;

  constructor(name: string, environment: Environment, timeoutMs: number) {
    this.#name = name;
    this.#environment = environment;
    this.#sentinel = new Sentinel(environment, name);
    this.#tails = new Tails(environment, name, this.#writer);
    this.#rewrites = new RewriteLock(environment, name, timeoutMs);
    this.#connection = new Connection({
      name,
      environment,
      timeoutMs,
      onCreate: (store, lost) => {
        this.#wasEvicted = lost;
        const key = Math.max(this.#known.end + 1, Date.now() * POSITIONS_PER_MS);
        store.add(birthRecord(this.#writer), key);
      },
      onLost: () => this.#wake(),
    });
    this.#adopter = new Adopter(this.#tails, this.#connection, {
      isOpen: () => this.#isOpen,
      isHeard: () => this.#listeners.size > 0,
      onAdopted: (end) => {
        this.#wake();
        this.#news?.endsAt(end, true);
      },
      report: (error) => this.#report(error),
    });
  }

  get confirmed(): number {
    return this.#reader.confirmed;
  }

  /** A transaction is done or not: all there is was whole once. */
  get settled(): Position {
    return this.#known.position;
  }

  async open({ readOnly, mode, recovery, report }: Omit<LogOpenOptions, 'cipher'>): Promise<void> {
    if (report) this.#report = report;
    this.#wasEvicted = false;
    this.#known = new Known(this.#writer, () => this.#sentinel.set());
    this.#reader = new Reader(this.#connection, this.#known);
    try {
      const held = readOnly ? undefined : this.#tails.hold();
      await this.#connection.open(mode !== 'mustExist' && !readOnly);
      await held;
      this.#isOpen = true;
      // Before the reading, so that between the two nothing is missed.
      this.#news = new News(this.#environment, this.#name, {
        end: () => this.#known.position,
        onBytes: (news) => this.#known.hear(news) && this.#tell(),
        onEnd: (end) => {
          this.#rewrites.goOn();
          if (end !== this.#known.position) this.#wake();
        },
        onRewrite: (isLate) => (isLate ? this.#rewrites.giveTurn() : this.#rewrites.letGo()),
      });
      if (!readOnly) await this.#adopter.adopt();
      if (recovery === 'salvage') await this.check();
      else await this.#reader.open(this.#news.isHeard);
      const { isBlank } = this.#known;
      this.#wasEvicted = isBlank && (this.#wasEvicted || this.#sentinel.isSet);
      checkMode(mode, !isBlank, `the database ${this.#name}`);
    } catch (error) {
      await this.close();
      throw error;
    }
    this.#onClose.push(this.#environment.onWake(() => this.#wake()));
    if (readOnly) return;
    if (this.#news.isHeard) this.#rewrites.open();
    this.#onClose.push(this.#tails.watch(() => void this.#adopter.adopt()));
  }

  async check(): Promise<readonly Damage[]> {
    return this.#reader.check();
  }

  async *read(after?: Position): AsyncGenerator<ByteChunk> {
    if (!this.#isOpen) throw notOpen();
    const isTold = this.#listeners.size > 0;
    const chunks = await this.#reader.read(after, isTold);
    if (isTold && this.#known.isBehind) this.#tell();
    yield* chunks;
  }

  append(chunks: readonly Uint8Array[], options: AppendOptions): Promise<Position> {
    const { turn } = this.#rewrites;
    if (turn) return turn.then(() => this.append(chunks, options));
    if (!this.#isOpen) return Promise.reject(notOpen());
    const { position, end: at, receipts } = this.#known;
    // What may be done comes first: a reading finds out.
    if (options.after !== position || receipts.isOpen) return Promise.reject(logConflict());
    const records = chunks.flatMap((chunk) =>
      chunk.length > 0 ? recordsOf(chunk, PIECE, this.#writer) : [],
    );
    const [first] = records;
    if (!first) return Promise.resolve(position);
    // Nothing is waited for before this: should the page be about to go, the browser has it.
    const added = append(this.#connection, this.#known, records, options, this.#rewrites.share());
    this.#rewrites.keepFor(added);
    added.then(
      (end) => {
        this.#tails.remove(end);
        if (records.length === 1) this.#news?.added(at, first.subarray(HEAD_BYTES));
        else this.#news?.endsAt(end);
      },
      // After any other failure what was left is all there is, until the log is rewritten.
      (error: IsokvError) => error.code === 'LOG_CONFLICT' && this.#tails.remove(),
    );
    return added;
  }

  async replace(
    chunks: AsyncIterable<Uint8Array>,
    { upTo, setAside, seq }: ReplaceOptions,
  ): Promise<Position> {
    const ask = (): void => this.#news?.rewrites(false);
    // A page that hangs is met here, where no append waits for the end of this.
    await this.#rewrites.alone(async () => undefined, ask);
    const replacement = new Replacement(this.#writer);
    // With no lock: in a page that is hidden this may take minutes.
    await replacement.take(chunks);
    return this.#rewrites.alone(async () => {
      if (!this.#isOpen) throw notOpen();
      if (upTo() !== this.#known.position) throw logConflict();
      if (setAside) setAside(await keepAside(this.#connection, this.#known.base));
      this.#replacement = replacement;
      try {
        await replacement.put(this.#connection, this.#known, seq?.() ?? 0);
      } catch (error) {
        if (isConflict(error)) this.#news?.rewrites(true);
        throw error;
      } finally {
        this.#replacement = undefined;
      }
      this.#tails.remove();
      this.#news?.endsAt(this.#known.position);
      return this.#known.position;
    }, ask);
  }

  leave(bytes: Uint8Array, after: Position, next: Uint8Array | undefined): void {
    const { base, end, position } = this.#known;
    if (after !== position) return; // The script that knew was ended in the middle.
    const tails: Tail[] = [{ base, position: end, bytes }];
    const place = this.#replacement?.place;
    if (next && place) tails.push({ ...place, bytes: next });
    try {
      this.#tails.leave(tails);
    } catch (cause) {
      const message =
        'no space in localStorage for what was written as the page went, which may be lost: remove items from it';
      this.#report(new IsokvError('QUOTA', message, { cause }));
    }
  }

  onExit(listener: () => void): () => void {
    return this.#environment.onExit(listener);
  }

  watch(onAppend: () => void): () => void {
    const listener = (): void => onAppend();
    this.#listeners.add(listener);
    this.#adopter.tell();
    return () => this.#listeners.delete(listener);
  }

  async close(): Promise<void> {
    this.#isOpen = false;
    for (const end of this.#onClose.splice(0)) end();
    this.#tails.release();
    this.#rewrites.close();
    this.#news?.close();
    this.#news = undefined;
    this.#connection.close();
  }

  async destroy(): Promise<void> {
    await this.#connection.remove();
    this.#sentinel.remove();
    this.#tails.removeAll();
  }

  /** Whether a store was here that the browser has removed, as it shows at the opening. */
  get wasEvicted(): boolean {
    return this.#wasEvicted;
  }

  /** Has others look into the database: something may have come that nobody has told. */
  #wake(): void {
    this.#known.isBehind = true;
    this.#tell();
  }

  #tell(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}

function notOpen(): IsokvError {
  return new IsokvError('IO', 'this log is not open');
}
