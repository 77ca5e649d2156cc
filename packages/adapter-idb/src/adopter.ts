/** Puts what pages that have gone could not write where it belongs; what belongs nowhere any more is told. */
import { IsokvError, type Position } from '@isokv/core';
import type { Connection } from './connection.ts';
import { putTails } from './put-tails.ts';
import type { Tail, Tails } from './tail.ts';
import { within } from './within.ts';

/** How long an opening waits for a page that has left something to have gone, in milliseconds. */
const WAIT_MS = 1000;

export interface AdopterOwner {
  isOpen(): boolean;
  /** Whether whoever has opened the log can hear what is lost. */
  isHeard(): boolean;
  /** What a page left is in the log, which ends here now. */
  onAdopted(end: Position): void;
  /** Told what is lost. */
  report(error: unknown): void;
}

export class Adopter {
  readonly #tails: Tails;
  readonly #connection: Connection;
  readonly #owner: AdopterOwner;
  /** What has gone wrong, and has not been told. */
  readonly #errors: unknown[] = [];

  constructor(tails: Tails, connection: Connection, owner: AdopterOwner) {
    this.#tails = tails;
    this.#connection = connection;
    this.#owner = owner;
  }

  async adopt(): Promise<void> {
    const adopted = this.#tails
      .adopt((tails, writer) => this.#put(tails, writer))
      .catch((error: unknown) => this.#fail(error));
    await within(WAIT_MS, adopted, () => undefined);
  }

  /** Tells what has gone wrong, as soon as somebody hears it: while a log is opened nobody does. */
  tell(): void {
    if (!this.#owner.isHeard()) return;
    for (const error of this.#errors.splice(0)) setTimeout(() => this.#owner.report(error));
  }

  #fail(error: unknown): void {
    this.#errors.push(error);
    this.tell();
  }

  /** @returns whether it has been dealt with, once and for all */
  async #put(tails: readonly Tail[], writer: number): Promise<boolean> {
    if (!this.#owner.isOpen()) return false;
    const end = await this.#connection.retry('readwrite', 'strict', (store) =>
      putTails(store, tails, writer),
    );
    if (end !== undefined) this.#owner.onAdopted(end);
    else {
      const message = 'another tab wrote as a page went: what that page wrote last is lost';
      this.#fail(new IsokvError('LOG_CONFLICT', message));
    }
    return true;
  }
}
