/** Reads a log from its database, or takes what was told of it. */
import type { ByteChunk, Damage, Position } from '@isokv/core';
import type { Connection } from './connection.ts';
import { evicted } from './errors.ts';
import type { Known } from './known.ts';
import { follow, type Piece, type Pieces, piecesOf } from './pieces.ts';
import { readRecords } from './read-records.ts';

export class Reader {
  /** As that of `ByteLog`. */
  confirmed = 0;
  readonly #connection: Connection;
  readonly #known: Known;
  /** What was read when the log was opened, or checked, until it is asked for. */
  #opened: Pieces | undefined;
  /** Whether all that has come since it was opened was told: nobody has asked for more yet. */
  #isFresh = false;
  /** What is wrong with its records. */
  #damage: Damage[] = [];

  constructor(connection: Connection, known: Known) {
    this.#connection = connection;
    this.#known = known;
  }

  /** Reads all, to be given to who reads next. `isTold`: whether what comes from now on is told. */
  async open(isTold: boolean): Promise<void> {
    this.#opened = await this.#readAll();
    this.#isFresh = isTold;
  }

  /** As that of `ByteLog`. */
  async check(): Promise<readonly Damage[]> {
    if (!this.#opened) {
      this.#damage = [];
      this.#opened = await this.#readAll(this.#damage);
    }
    return this.#damage;
  }

  /** As that of `ByteLog`. `isTold`: whether the caller reads because it was told to, and will be again. */
  async read(after: Position | undefined, isTold: boolean): Promise<readonly ByteChunk[]> {
    const known = this.#known;
    let found: readonly Piece[] | undefined = await this.#found(after, isTold);
    if (!found) {
      found = (await this.#readAll()).pieces;
      const first = found[0] as Piece;
      if (after !== undefined && after >= first.position && after <= known.end)
        found = found.flatMap((piece) => restOf(piece, after));
    }
    this.confirmed = after === undefined ? 0 : known.receipts.settle();
    return found.filter(({ bytes }) => bytes.length > 0);
  }

  /** What is at hand, or has come since, if the caller knows all up to now. */
  async #found(after: Position | undefined, isTold: boolean): Promise<readonly Piece[] | undefined> {
    if (after === undefined) {
      const opened = this.#opened;
      this.#opened = undefined;
      return opened?.pieces;
    }
    const known = this.#known;
    const isFresh = this.#isFresh && !known.isBehind;
    this.#isFresh = false;
    if (after !== known.position) return undefined;
    // Nobody tells whether what this writer has handed over was done.
    if (!isTold || known.receipts.isOpen) return this.#readOn();
    const told = known.takeTold();
    return told.length > 0 || isFresh ? told : this.#readOn();
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
    if (isBlank && !known.isBlank) throw evicted(this.#connection.options.name);
    known.base = (found.pieces[0] as Piece).position;
    known.receipts.restore(receipts);
    known.took(found.pieces, found.end, isBlank);
    return found;
  }
}

/** What of a piece comes after a position. */
function restOf({ position, bytes }: Piece, after: Position): Piece[] {
  if (position + bytes.length <= after) return [];
  if (position >= after) return [{ position, bytes }];
  return [{ position: after, bytes: bytes.subarray(after - position) }];
}
