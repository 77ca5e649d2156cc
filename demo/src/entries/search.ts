import type { Namespace } from '@isokv/core';
import { KeyList } from './key-list.ts';

/** For the first rows: enough for them, and no more. */
const FIRST_SLICE_MS = 1;
/** What each frame after that may spend on the rest: a quarter of its 16.7 ms. */
const SLICE_MS = 4;

export interface SearchListener {
  /** The first keys are there: to be put in sight, which is part of what is timed. */
  began(list: KeyList): void;
  /** More keys are there, from `from` on; the last of them when the list is done. */
  found(list: KeyList, from: number, answer_ms: number): void;
}

/** Finds keys: the first at once, the others a slice a frame. A new search ends the one before. */
export class Search {
  readonly #listener: SearchListener;
  #list: KeyList | undefined;

  constructor(listener: SearchListener) {
    this.#listener = listener;
  }

  begin(namespace: Namespace, prefix: string): void {
    const start_ms = performance.now();
    const list = new KeyList(namespace, { prefix });
    this.#list = list;
    list.pull(FIRST_SLICE_MS);
    this.#listener.began(list);
    this.#goOn(list, 0, performance.now() - start_ms);
  }

  #goOn(list: KeyList, from: number, answer_ms: number): void {
    const end = list.keys.length;
    this.#listener.found(list, from, answer_ms);
    if (list.done) return;
    requestAnimationFrame(() => {
      if (list !== this.#list) return;
      list.pull(SLICE_MS);
      this.#goOn(list, end, answer_ms);
    });
  }
}
