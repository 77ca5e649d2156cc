/** A log in IndexedDB: a `ByteLog` whose appends are one transaction each, and whose tabs stay in step. */
import {
  type AppendOptions,
  type ByteChunk,
  type ByteLog,
  type Durability,
  IsokvError,
  type LogCapabilities,
  type LogOpenOptions,
  logConflict,
  type Position,
  type ReplaceOptions,
} from '@isokv/core';
import { Connection } from './connection.ts';
import type { Environment } from './environment.ts';
import { evicted, isRefusal, mediumError, nameOf } from './errors.ts';
import { News } from './news.ts';
import { putTails } from './put-tails.ts';
import {
  BASE,
  follow,
  HEAD_BYTES,
  isBy,
  keyAfter,
  PIECE,
  type Piece,
  type Pieces,
  piecesOf,
  recordsOf,
} from './records.ts';
import { RewriteLock } from './rewrite-lock.ts';
import { Sentinel } from './sentinel.ts';
import { type Tail, Tails } from './tail.ts';

const capabilities: LogCapabilities = Object.freeze({
  name: 'indexeddb',
  durability: Object.freeze(['strict', 'relaxed'] as const),
  shared: true,
  persistent: true,
  replays: true,
});

/** How long an opening waits for a page that has left something to have gone, in milliseconds. */
const TAIL_WAIT_MS = 1000;

/** Positions go on from the time at which a database was made, so that no position of a removed one is met again. */
const POSITIONS_PER_MS = 1024;

export class IdbBytes implements ByteLog {
  readonly capabilities: LogCapabilities = capabilities;
  readonly settled = 0;
  readonly isOurs = true;
  readonly #name: string;
  readonly #environment: Environment;
  readonly #sentinel: Sentinel;
  readonly #tails: Tails;
  readonly #connection: Connection;
  readonly #rewrites: RewriteLock;
  readonly #writer: Uint8Array = Uint8Array.from({ length: HEAD_BYTES - 1 }, () => Math.random() * 256);
  readonly #listeners: Set<() => void> = new Set();
  #news: News | undefined;
  #unwake: (() => void) | undefined;
  #unwatchTails: (() => void) | undefined;
  #report: (error: unknown) => void = () => undefined;
  #isOpen = false;
  #wasEvicted = false;
  /** What was read when the log was opened, until it is asked for. */
  #opened: Pieces | undefined;
  /** The log as far as this writer knows it: the key of its BASE, its end, and whether it has no bytes yet. */
  #base = 0;
  #end: Position = 0;
  #isBlank = true;
  /** What others have told of, from `#end` on. */
  #inbox: Piece[] = [];
  /** What an append that is under way adds at `#end`. */
  #flight: readonly Uint8Array[] = [];
  /** What a replacement that is under way makes of the log, as soon as that is known. */
  #next: { readonly base: number; readonly position: Position } | undefined;
  /** What of other pages could not be put anywhere, and has not been told. */
  readonly #losses: IsokvError[] = [];
  /** Whether there may be more in the database than was told. */
  #isBehind = false;

  constructor(name: string, environment: Environment, timeoutMs: number) {
    this.#name = name;
    this.#environment = environment;
    this.#sentinel = new Sentinel(environment, name);
    this.#tails = new Tails(environment, name, this.#writer);
    this.#rewrites = new RewriteLock(environment, name);
    this.#connection = new Connection({
      name,
      environment,
      timeoutMs,
      writer: this.#writer,
      onLost: () => this.#wake(),
      birthKey: () => Math.max(this.#end + 1, Date.now() * POSITIONS_PER_MS),
    });
  }

  async open({ readOnly, mode, report }: Omit<LogOpenOptions, 'cipher'>): Promise<void> {
    if (report) this.#report = report;
    this.#end = 0;
    this.#isBlank = true;
    this.#inbox = [];
    try {
      const held = readOnly ? undefined : this.#tails.hold();
      await this.#connection.open(mode !== 'mustExist' && !readOnly);
      await held;
      this.#isOpen = true;
      // Before the reading, so that between the two nothing is missed.
      this.#news = new News(this.#environment, this.#name, {
        end: () => this.#position,
        onBytes: (news) => this.#hear(news),
        onEnd: (end) => end !== this.#position && this.#wake(),
        onRewrite: () => this.#rewrites.letGo(),
      });
      if (!readOnly) await this.#adoptTails();
      this.#opened = await this.#readAll();
      this.#wasEvicted = this.#isBlank && this.#sentinel.isSet;
      if (mode === 'mustExist' && this.#isBlank)
        throw new IsokvError('MISSING', `there is no store in the database ${this.#name}`);
      if (mode === 'mustNotExist' && !this.#isBlank)
        throw new IsokvError('EXISTS', `there is a store in the database ${this.#name} already`);
    } catch (error) {
      await this.close();
      throw error;
    }
    this.#unwake = this.#environment.onWake(() => this.#wake());
    if (readOnly) return;
    if (this.#news.isHeard) this.#rewrites.open();
    this.#unwatchTails = this.#tails.watch(() => void this.#adoptTails());
  }

  async *read(after?: Position): AsyncGenerator<ByteChunk> {
    if (!this.#isOpen) throw notOpen();
    let found = await this.#found(after);
    if (!found) {
      found = (await this.#readAll()).pieces;
      const first = found[0] as Piece;
      if (after !== undefined && after >= first.position && after <= this.#end)
        found = found.flatMap((piece) => restOf(piece, after));
    }
    yield* found.filter(({ bytes }) => bytes.length > 0);
  }

  append(chunks: readonly Uint8Array[], { durability, after }: AppendOptions): Promise<Position> {
    if (!this.#isOpen) return Promise.reject(notOpen());
    if (after !== this.#position) return Promise.reject(logConflict());
    const records = recordsOf(chunks, PIECE, this.#writer);
    if ((records[0] as Uint8Array).length === HEAD_BYTES) return Promise.resolve(after);
    // Nothing is waited for before this: should the page be about to go, the browser has it.
    const added = this.#add(records, durability, false);
    this.#rewrites.keepFor(added);
    added.then(
      (end) => this.#tails.remove(end),
      // After any other failure what was left is all there is, until the log is rewritten.
      (error: IsokvError) => error.code === 'LOG_CONFLICT' && this.#tails.remove(),
    );
    return added;
  }

  async truncate(position: Position): Promise<void> {
    const kept = (await this.#readAll()).pieces.filter((piece) => piece.position < position);
    const last = kept.pop();
    if (!last)
      return void (await this.#rewrites.alone(
        () => this.#put([]),
        () => this.#news?.rewrites(),
      ));
    const bytes = last.bytes.subarray(0, position - last.position);
    const [record] = recordsOf([bytes], kept.length === 0 ? BASE : PIECE, this.#writer);
    await this.#transact('readwrite', 'strict', (store) => {
      store.delete(IDBKeyRange.lowerBound(last.position));
      store.add(record, last.position);
      return () => undefined;
    });
    this.#know(position, false);
  }

  async replace(chunks: AsyncIterable<Uint8Array>, { upTo }: ReplaceOptions): Promise<Position> {
    if (!this.#isOpen) throw notOpen();
    const replace = async (): Promise<Position> => {
      const parts: Uint8Array[] = [];
      for await (const chunk of chunks) parts.push(chunk.slice());
      if (!this.#isOpen) throw notOpen();
      if (upTo() !== this.#position) throw logConflict();
      return this.#put(parts);
    };
    // Of two tabs that rewrite at once one would do it in vain.
    return this.#rewrites.alone(replace, () => this.#news?.rewrites());
  }

  leave(bytes: Uint8Array, next: Uint8Array | undefined): void {
    const flight = this.#flight.map((record) => record.subarray(HEAD_BYTES));
    const [record, more] = recordsOf([...flight, bytes], PIECE, this.#writer);
    if (!record) return;
    const tails: Tail[] = [{ base: this.#base, position: this.#end, bytes: record.subarray(HEAD_BYTES) }];
    if (next && this.#next) tails.push({ ...this.#next, bytes: next });
    try {
      if (more) throw new RangeError('more than one record');
      this.#tails.leave(tails);
    } catch (cause) {
      const message = 'localStorage has no space for what was written as the page went: it may be lost';
      this.#report(new IsokvError('QUOTA', message, { cause }));
    }
  }

  onExit(listener: () => void): () => void {
    return this.#environment.onExit(listener);
  }

  watch(onAppend: () => void): () => void {
    const listener = (): void => onAppend();
    this.#listeners.add(listener);
    this.#tellLosses();
    return () => this.#listeners.delete(listener);
  }

  async close(): Promise<void> {
    this.#isOpen = false;
    this.#unwake?.();
    this.#unwatchTails?.();
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

  /** The end of the log as callers know it: that of an empty one is 0. */
  get #position(): Position {
    return this.#isBlank ? 0 : this.#end;
  }

  // Writing

  async #add(records: readonly Uint8Array[], durability: Durability, isRetry: boolean): Promise<Position> {
    const at = this.#end;
    let end = at;
    this.#flight = records;
    const share = isRetry ? undefined : this.#rewrites.share();
    try {
      const isNext = await this.#connection.transact('readwrite', durability, (store) => {
        const { transaction } = store;
        // Gone, if the log has been rewritten: then what is added stands before its BASE, and does not count.
        const base = share?.seenOn === transaction.db ? undefined : store.getKey(this.#base);
        const added = records.map((record) => {
          const request = store.add(record, end);
          end = keyAfter(end, record);
          return request;
        });
        // Without it the browser would ask the page once more, and a page that goes answers no more.
        if (added.length === 1) transaction.commit?.();
        return () => {
          // Firefox completes a transaction that was told to commit even if a request has failed.
          for (const { error } of added) if (error) throw error;
          if (base && base.result === undefined) return false;
          if (share) share.seenOn = transaction.db;
          return true;
        };
      });
      if (!isNext) throw logConflict();
    } catch (error) {
      if (isRetry || isFinal(error)) throw await this.#error(error);
      if (!(await this.#wasAdded(at))) return await this.#add(records, durability, true);
    } finally {
      this.#flight = [];
    }
    this.#know(end, false);
    if (records.length === 1) this.#news?.added(at, (records[0] as Uint8Array).subarray(HEAD_BYTES));
    else this.#news?.endsAt(end);
    return end;
  }

  /** When the connection was lost in the middle of an append: whether it was done. */
  async #wasAdded(at: Position): Promise<boolean> {
    const [base, record] = await this.#transact('readonly', 'relaxed', (store) => {
      const requests = [store.getKey(this.#base), store.get(at)] as const;
      return () => [requests[0].result, requests[1].result as Uint8Array | undefined] as const;
    });
    if (record && isBy(this.#writer, record)) return true;
    if (record || base === undefined) throw logConflict();
    return false;
  }

  /** Puts new content in the place of all, unless another writer has added what this one does not know. */
  async #put(parts: readonly Uint8Array[]): Promise<Position> {
    const records = recordsOf(parts, BASE, this.#writer);
    let isOvertaken = false;
    let base = 0;
    let end = 0;
    const put = (store: IDBObjectStore, keys: readonly IDBValidKey[]): void => {
      store.clear();
      base = Math.max(this.#end, (keys.at(-1) as number | undefined) ?? 0) + 1;
      end = base;
      for (const record of records) {
        store.add(record, end);
        end = keyAfter(end, record);
      }
      this.#next = { base, position: end };
    };
    try {
      await this.#connection.transact('readwrite', 'strict', (store) => {
        const since = IDBKeyRange.lowerBound(this.#end);
        const before = store.getKey(this.#base);
        const keys = store.getAllKeys(since);
        const others = store.getAll(since);
        others.onsuccess = () => {
          isOvertaken = !this.#mayPut(before.result, others.result);
          if (isOvertaken) store.transaction.abort();
          else put(store, keys.result);
        };
        return () => undefined;
      });
    } catch (error) {
      if (isOvertaken) throw logConflict();
      if (isFinal(error) || !this.#isOpen || !(await this.#wasPut(base))) throw await this.#error(error);
    } finally {
      this.#next = undefined;
    }
    this.#tails.remove();
    this.#base = base;
    this.#know(end, records[0]?.length === HEAD_BYTES);
    this.#news?.endsAt(this.#position);
    return this.#position;
  }

  /**
   * Nothing follows what this writer knows but an append of its own that was thought to have failed; or there is
   * nothing at all, for the browser has removed the database.
   */
  #mayPut(base: IDBValidKey | undefined, since: readonly Uint8Array[]): boolean {
    const last = since.at(-1);
    if (base === undefined) return last?.length === HEAD_BYTES && last[0] === BASE;
    return since.every((record) => isBy(this.#writer, record));
  }

  async #wasPut(base: number): Promise<boolean> {
    const record = await this.#transact('readonly', 'relaxed', (store) => {
      const request = store.get(base);
      return () => request.result as Uint8Array | undefined;
    });
    return record !== undefined && isBy(this.#writer, record);
  }

  // Reading

  /** What is at hand, or has come since, if the caller knows all up to now. */
  async #found(after: Position | undefined): Promise<readonly Piece[] | undefined> {
    if (after === undefined) {
      const opened = this.#opened;
      this.#opened = undefined;
      return opened?.pieces;
    }
    if (after !== this.#position) return undefined;
    const inbox = this.#inbox;
    // Whoever does not wait for news asks for what is there now.
    if (inbox.length === 0 || this.#listeners.size === 0) return this.#readOn();
    const last = inbox.at(-1) as Piece;
    this.#know(last.position + last.bytes.length, false);
    if (this.#isBehind) this.#tell();
    return inbox;
  }

  /** What was added after the end. @returns undefined when that is not there any more */
  async #readOn(): Promise<readonly Piece[] | undefined> {
    this.#isBehind = false;
    const [base, keys, values] = await this.#transact('readonly', 'relaxed', (store) => {
      const since = IDBKeyRange.lowerBound(this.#end);
      const requests = [store.getKey(this.#base), store.getAllKeys(since), store.getAll(since)] as const;
      return () => requests.map(({ result }) => result) as [unknown, IDBValidKey[], unknown[]];
    });
    if (base === undefined || (keys.length > 0 && keys[0] !== this.#end)) return undefined;
    if (keys.length === 0) return [];
    const found = follow(this.#end, keys, values);
    this.#know(found.end, false);
    return found.pieces;
  }

  /** @throws EVICTED, NOT_ISOKV, CORRUPT, IO */
  async #readAll(): Promise<Pieces> {
    this.#isBehind = false;
    const [keys, values] = await this.#transact('readonly', 'relaxed', (store) => {
      const requests = [store.getAllKeys(), store.getAll()] as const;
      return () => requests.map(({ result }) => result) as [IDBValidKey[], unknown[]];
    });
    const found = piecesOf(keys, values);
    const isBlank = found.pieces.every(({ bytes }) => bytes.length === 0);
    if (isBlank && !this.#isBlank) throw evicted(this.#name);
    this.#base = (found.pieces[0] as Piece).position;
    this.#know(found.end, isBlank);
    return found;
  }

  #know(end: Position, isBlank: boolean): void {
    if (this.#isBlank && !isBlank) this.#sentinel.set();
    this.#end = end;
    this.#isBlank = isBlank;
    const first = this.#inbox.findIndex(({ position }) => position >= end);
    this.#inbox = first < 0 || this.#inbox[first]?.position !== end ? [] : this.#inbox.slice(first);
  }

  // Others

  #hear(news: Piece): void {
    const last = this.#inbox.at(-1);
    const end = last ? last.position + last.bytes.length : this.#end;
    if (news.position < end) return; // Known: it was read from the database.
    if (news.position === end) this.#inbox.push(news);
    else this.#isBehind = true;
    this.#tell();
  }

  /** Has others look into the database: something may have come that nobody has told. */
  #wake(): void {
    this.#isBehind = true;
    this.#tell();
  }

  /** Puts what pages that have gone could not write where it belongs; what belongs nowhere any more is told. */
  async #adoptTails(): Promise<void> {
    const adopted = this.#tails
      .adopt((tails, writer) => this.#adopt(tails, writer))
      .catch((error: unknown) => this.#report(error));
    let timer: ReturnType<typeof setTimeout> | undefined;
    const waited = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, TAIL_WAIT_MS);
    });
    await Promise.race([adopted, waited]);
    clearTimeout(timer);
  }

  /** @returns whether it has been dealt with, once and for all */
  async #adopt(tails: readonly Tail[], writer: Uint8Array): Promise<boolean> {
    if (!this.#isOpen) return false;
    const end = await this.#transact('readwrite', 'strict', (store) => putTails(store, tails, writer));
    if (end !== undefined) {
      this.#wake();
      this.#news?.endsAt(end, true);
    } else {
      const message = 'another tab wrote in the moment in which a page went: what that wrote last is lost';
      this.#losses.push(new IsokvError('LOG_CONFLICT', message));
      this.#tellLosses();
    }
    return true;
  }

  /** Not before whoever opens the log can listen. */
  #tellLosses(): void {
    if (this.#listeners.size === 0) return;
    for (const loss of this.#losses.splice(0)) setTimeout(() => this.#report(loss));
  }

  #tell(): void {
    for (const listener of [...this.#listeners]) listener();
  }

  /** A transaction in which nothing is lost if it is begun again. */
  async #transact<R>(
    mode: IDBTransactionMode,
    durability: Durability,
    work: (store: IDBObjectStore) => () => R,
  ): Promise<R> {
    try {
      return await this.#connection.transact(mode, durability, work).catch((error: unknown) => {
        if (isFinal(error)) throw error;
        return this.#connection.transact(mode, durability, work);
      });
    } catch (error) {
      throw await this.#error(error);
    }
  }

  async #error(error: unknown): Promise<IsokvError> {
    if (nameOf(error) === 'ConstraintError') return logConflict(); // Somebody else has added at this position.
    return mediumError(error, this.#name, this.#environment);
  }
}

/** Whether trying again would end in the same way. */
function isFinal(error: unknown): boolean {
  return error instanceof IsokvError || nameOf(error) === 'ConstraintError' || isRefusal(error);
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
