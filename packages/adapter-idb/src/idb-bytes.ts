/** A log in IndexedDB: a `ByteLog` whose appends are one transaction each, and whose tabs stay in step. */
import {
  type AppendOptions,
  type ByteChunk,
  type ByteLog,
  type Damage,
  type Durability,
  IsokvError,
  type LogCapabilities,
  type LogOpenOptions,
  logConflict,
  type Position,
  type ReplaceOptions,
} from '@isokv/core';
import { Adopter } from './adopter.ts';
import { Connection } from './connection.ts';
import type { Environment } from './environment.ts';
import { checkMode, evicted, isConflict, isFinal } from './errors.ts';
import { keepAside } from './keep-aside.ts';
import { Known } from './known.ts';
import { News } from './news.ts';
import { follow, type Piece, type Pieces, piecesOf } from './pieces.ts';
import { readRecords } from './read-records.ts';
import { birthRecord, HEAD_BYTES, keyAfter, newWriter, PIECE, recordsOf, writerOf } from './records.ts';
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
  readonly #writer: number = newWriter();
  readonly #listeners: Set<() => void> = new Set();
  #news: News | undefined;
  readonly #onClose: (() => void)[] = [];
  #report: (error: unknown) => void = () => undefined;
  #isOpen = false;
  #wasEvicted = false;
  /** What was read when the log was opened, or checked, until it is asked for. */
  #opened: Pieces | undefined;
  /** Whether all that has come since it was opened was told: nobody has asked for more yet. */
  #isFresh = false;
  /** What is wrong with its records. */
  #damage: Damage[] = [];
  confirmed = 0;
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

  /** A transaction is done or not: all there is was whole once. */
  get settled(): Position {
    return this.#known.position;
  }

  async open({ readOnly, mode, recovery, report }: Omit<LogOpenOptions, 'cipher'>): Promise<void> {
    if (report) this.#report = report;
    this.#wasEvicted = false;
    this.#known = new Known(this.#writer, () => this.#sentinel.set());
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
      else this.#opened = await this.#readAll();
      const { isBlank } = this.#known;
      this.#wasEvicted = isBlank && (this.#wasEvicted || this.#sentinel.isSet);
      checkMode(mode, !isBlank, `the database ${this.#name}`);
    } catch (error) {
      await this.close();
      throw error;
    }
    this.#isFresh = this.#news.isHeard;
    this.#onClose.push(this.#environment.onWake(() => this.#wake()));
    if (readOnly) return;
    if (this.#news.isHeard) this.#rewrites.open();
    this.#onClose.push(this.#tails.watch(() => void this.#adopter.adopt()));
  }

  async check(): Promise<readonly Damage[]> {
    if (!this.#opened) {
      this.#damage = [];
      this.#opened = await this.#readAll(this.#damage);
    }
    return this.#damage;
  }

  async *read(after?: Position): AsyncGenerator<ByteChunk> {
    if (!this.#isOpen) throw notOpen();
    let found: readonly Piece[] | undefined = await this.#found(after);
    if (!found) {
      found = (await this.#readAll()).pieces;
      const first = found[0] as Piece;
      if (after !== undefined && after >= first.position && after <= this.#known.end)
        found = found.flatMap((piece) => restOf(piece, after));
    }
    this.confirmed = after === undefined ? 0 : this.#known.receipts.settle();
    yield* found.filter(({ bytes }) => bytes.length > 0);
  }

  append(chunks: readonly Uint8Array[], options: AppendOptions): Promise<Position> {
    const { durability, after, seq = 0 } = options;
    const { turn } = this.#rewrites;
    if (turn) return turn.then(() => this.append(chunks, options));
    if (!this.#isOpen) return Promise.reject(notOpen());
    if (after !== this.#known.position) return Promise.reject(logConflict());
    const records = chunks.flatMap((chunk) =>
      chunk.length > 0 ? recordsOf(chunk, PIECE, this.#writer) : [],
    );
    if (records.length === 0) return Promise.resolve(after);
    // Nothing is waited for before this: should the page be about to go, the browser has it.
    const added = this.#add(records, durability, seq, false);
    this.#rewrites.keepFor(added);
    added.then(
      (end) => this.#tails.remove(end),
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
    this.#opened = undefined;
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

  async #add(
    records: readonly Uint8Array[],
    durability: Durability,
    seq: number,
    isRetry: boolean,
  ): Promise<Position> {
    const known = this.#known;
    const at = known.end;
    let end = at;
    for (const record of records) end = keyAfter(end, record);
    known.receipts.handOver(end, seq);
    const share = isRetry ? undefined : this.#rewrites.share();
    try {
      const isNext = await this.#connection.transact('readwrite', durability, (store) => {
        const { transaction } = store;
        // Gone, if the log has been rewritten: then what is added stands before its BASE, and does not count.
        const base = share?.seenOn === transaction.db ? undefined : store.getKey(known.base);
        let key = at;
        for (const record of records) {
          store.add(record, key);
          key = keyAfter(key, record);
        }
        // Without it the browser would ask the page once more, and a page that goes answers no more.
        if (records.length === 1) transaction.commit?.();
        return () => {
          if (base && base.result === undefined) return false;
          if (share) share.seenOn = transaction.db;
          return true;
        };
      });
      if (!isNext) throw logConflict();
    } catch (error) {
      if (isFinal(error)) throw await this.#connection.asOurs(error);
      if (!(await this.#wasAdded(at))) {
        if (isRetry) throw await this.#connection.asOurs(error);
        return await this.#add(records, durability, seq, true);
      }
    }
    known.receipts.done(end);
    known.endsAt(end, false);
    if (records.length === 1) this.#news?.added(at, (records[0] as Uint8Array).subarray(HEAD_BYTES));
    else this.#news?.endsAt(end);
    return end;
  }

  /** When the connection was lost in the middle of an append: whether it was done. */
  async #wasAdded(at: Position): Promise<boolean> {
    const [base, record] = await this.#connection.retry('readonly', 'relaxed', (store) => {
      const requests = [store.getKey(this.#known.base), store.get(at)] as const;
      return () => [requests[0].result, requests[1].result as Uint8Array | undefined] as const;
    });
    // What stands before another's rewrite does not count.
    if (base === undefined || (record && writerOf(record) !== this.#writer)) throw logConflict();
    return record !== undefined;
  }

  /** What is at hand, or has come since, if the caller knows all up to now. */
  async #found(after: Position | undefined): Promise<readonly Piece[] | undefined> {
    if (after === undefined) {
      const opened = this.#opened;
      this.#opened = undefined;
      return opened?.pieces;
    }
    const known = this.#known;
    const isFresh = this.#isFresh && !known.isBehind;
    this.#isFresh = false;
    if (after !== known.position) return undefined;
    // Whoever does not wait for news asks for what is there now.
    const isTold = this.#listeners.size > 0 && !known.receipts.isOpen;
    const told = isTold ? known.takeTold() : [];
    if (told.length === 0) return isTold && isFresh ? [] : this.#readOn();
    if (known.isBehind) this.#tell();
    return told;
  }

  /** What was added after the end. @returns undefined when that is not there any more */
  async #readOn(): Promise<readonly Piece[] | undefined> {
    const known = this.#known;
    known.isBehind = false;
    const { hasBase, keys, values } = await readRecords(this.#connection, known.end, known.base);
    if (!hasBase || (keys.length > 0 && keys[0] !== known.end)) return undefined;
    if (keys.length === 0) return [];
    const found = follow(known.end, keys, values);
    known.took(found.pieces, found.end, false);
    return found.pieces;
  }

  /** @throws EVICTED, NOT_ISOKV, CORRUPT, IO */
  async #readAll(damage?: Damage[]): Promise<Pieces> {
    const known = this.#known;
    known.isBehind = false;
    const { keys, values, receipts } = await readRecords(this.#connection);
    const found = piecesOf(keys, values, damage);
    const isBlank = found.pieces.every(({ bytes }) => bytes.length === 0);
    if (isBlank && !known.isBlank) throw evicted(this.#name);
    known.base = (found.pieces[0] as Piece).position;
    known.receipts.restore(receipts);
    known.took(found.pieces, found.end, isBlank);
    return found;
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

/** What of a piece comes after a position. */
function restOf({ position, bytes }: Piece, after: Position): Piece[] {
  if (position + bytes.length <= after) return [];
  if (position >= after) return [{ position, bytes }];
  return [{ position: after, bytes: bytes.subarray(after - position) }];
}

function notOpen(): IsokvError {
  return new IsokvError('IO', 'this log is not open');
}
