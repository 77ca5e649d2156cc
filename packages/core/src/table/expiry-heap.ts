/** What expires when: a binary heap. An entry that was changed since leaves a stale element, which its reader skips. */
export interface Expiring<T> {
  readonly expiresAt: number;
  readonly owner: T;
  readonly key: string;
}

export class ExpiryHeap<T> {
  readonly #heap: Expiring<T>[] = [];

  get size(): number {
    return this.#heap.length;
  }

  /** The one that expires first. */
  get first(): Expiring<T> | undefined {
    return this.#heap[0];
  }

  add(element: Expiring<T>): void {
    const heap = this.#heap;
    let at = heap.push(element) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if ((heap[parent] as Expiring<T>).expiresAt <= element.expiresAt) break;
      heap[at] = heap[parent] as Expiring<T>;
      at = parent;
    }
    heap[at] = element;
  }

  removeFirst(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (!last || heap.length === 0) return;
    let at = 0;
    while (true) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      const right = heap[child + 1];
      if (right && right.expiresAt < (heap[child] as Expiring<T>).expiresAt) child++;
      if ((heap[child] as Expiring<T>).expiresAt >= last.expiresAt) break;
      heap[at] = heap[child] as Expiring<T>;
      at = child;
    }
    heap[at] = last;
  }

  /** Drops the elements that `isCurrent` denies. */
  prune(isCurrent: (element: Expiring<T>) => boolean): void {
    const kept = this.#heap.filter(isCurrent);
    this.#heap.length = 0;
    for (const element of kept) this.add(element);
  }
}
