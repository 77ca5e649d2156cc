/**
 * What a page could not hand to IndexedDB any more, because an earlier append was still on its way when the page went: an
 * item of localStorage, which is written at once. The next page that has the log open puts it where it belongs, unless
 * it is there already. Nobody does so while its writer lives: it holds a lock until its page has gone.
 */
import type { Position } from '@isokv/core';
import type { Environment } from './environment.ts';

/** Bytes that follow the position, in the log with that BASE. */
export interface Tail {
  readonly base: number;
  readonly position: Position;
  readonly bytes: Uint8Array;
}

export class Tails {
  readonly #environment: Environment;
  readonly #prefix: string;
  readonly #own: string;
  #isHeld = false;
  /** Where what was left ends in the log. */
  #leftEnd: Position | undefined;
  #release: () => void = () => undefined;

  constructor(environment: Environment, name: string, writer: number) {
    this.#environment = environment;
    this.#prefix = `isokv tail:${name}:`;
    this.#own = this.#prefix + writer;
  }

  /** Resolves when all can see that the writer lives; where there are no locks to be had it will leave nothing. */
  hold(): Promise<void> {
    const released = new Promise<void>((resolve) => {
      this.#release = resolve;
    });
    return new Promise((resolve) => {
      const held = (): Promise<void> => {
        this.#isHeld = true;
        resolve();
        return released;
      };
      const { locks } = this.#environment;
      if (locks) locks.request(this.#own, held).catch(() => resolve());
      else resolve();
    });
  }

  release(): void {
    this.remove();
    this.#isHeld = false;
    this.#release();
  }

  /** Keeps one of these, whichever turns out to have a place. @throws QuotaExceededError */
  leave(tails: readonly Tail[]): void {
    const { localStorage } = this.#environment;
    if (!localStorage || !this.#isHeld) return;
    this.#leftEnd = Math.max(...tails.map(({ position, bytes }) => position + bytes.length));
    const items = tails.map(({ base, position, bytes }) => [base, position, textOf(bytes)]);
    localStorage.setItem(this.#own, JSON.stringify(items));
  }

  /** The writer lives on, and has written it, or all up to `end`. */
  remove(end: Position = Number.POSITIVE_INFINITY): void {
    if (this.#leftEnd === undefined || end < this.#leftEnd) return;
    this.#environment.localStorage?.removeItem(this.#own);
    this.#leftEnd = undefined;
  }

  removeAll(): void {
    for (const key of this.#keys()) this.#environment.localStorage?.removeItem(key);
  }

  /** Gives `adopt` what others have left, each once its page has gone; it says whether that can go. */
  async adopt(adopt: (tails: readonly Tail[], writer: number) => Promise<boolean>): Promise<void> {
    const { localStorage, locks } = this.#environment;
    const take = async (key: string): Promise<void> => {
      const text = localStorage?.getItem(key);
      if (!text) return; // Another page was faster, or its writer has come to write it.
      if (await adopt(tailsOf(text), this.#writerOf(key))) localStorage?.removeItem(key);
    };
    await Promise.all(this.#keys().map((key) => locks?.request(key, () => take(key))));
  }

  /** Calls back when another page has left something. */
  watch(onLeft: () => void): () => void {
    return this.#environment.onStorage((key) => key?.startsWith(this.#prefix) && onLeft());
  }

  #keys(): string[] {
    const { localStorage } = this.#environment;
    const keys = Array.from({ length: localStorage?.length ?? 0 }, (_, at) => localStorage?.key(at) ?? '');
    // The name of another database may begin with all of this one's.
    return keys.filter(
      (key) => key.startsWith(this.#prefix) && !key.includes(':', this.#prefix.length) && key !== this.#own,
    );
  }

  #writerOf(key: string): number {
    return Number(key.slice(this.#prefix.length));
  }
}

function tailsOf(text: string): Tail[] {
  const items = JSON.parse(text) as [number, number, string][];
  return items.map(([base, position, packed]) => ({
    base,
    position,
    bytes: Uint8Array.from(atob(packed), (character) => character.charCodeAt(0)),
  }));
}

function textOf(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}
