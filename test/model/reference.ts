/** What a store should be: a map of maps. Plain, slow, and obviously right. */
import type { Range } from '../../packages/core/src/index.ts';

export interface Entry {
  readonly value: unknown;
  /** Epoch milliseconds, 0 for never. */
  readonly expiresAt: number;
}

export class Reference {
  readonly #spaces: Map<string, Map<string, Entry>> = new Map();

  /** A copy that may be changed while this one stays. */
  copy(): Reference {
    const copy = new Reference();
    for (const [name, entries] of this.#spaces) copy.#spaces.set(name, new Map(entries));
    return copy;
  }

  get(namespace: string, key: string): Entry | undefined {
    return this.#spaces.get(namespace)?.get(key);
  }

  put(namespace: string, key: string, value: unknown, expiresAt = 0): void {
    const entries = this.#spaces.get(namespace) ?? new Map<string, Entry>();
    this.#spaces.set(namespace, entries.set(key, { value, expiresAt }));
  }

  delete(namespace: string, key: string): void {
    this.#spaces.get(namespace)?.delete(key);
  }

  clear(namespace: string): void {
    this.#spaces.delete(namespace);
  }

  /** The names of the namespaces that have entries, in order. */
  names(): string[] {
    return [...this.#spaces.keys()].filter((name) => this.keys(name).length > 0).sort(byBytes);
  }

  /** The keys of a range, in its order. */
  keys(namespace: string, range: Range = {}): string[] {
    const keys = [...(this.#spaces.get(namespace)?.keys() ?? [])].filter((key) => isIn(key, range));
    keys.sort(byBytes);
    if (range.reverse) keys.reverse();
    return keys.slice(0, range.limit);
  }

  /** Lets time pass. */
  expire(now: number): void {
    for (const entries of this.#spaces.values()) {
      for (const [key, { expiresAt }] of entries)
        if (expiresAt !== 0 && expiresAt <= now) entries.delete(key);
    }
  }
}

/** The order of keys: that of their UTF-8. */
export function byBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

export function isIn(key: string, { prefix, gt, gte, lt, lte }: Range): boolean {
  return (
    (prefix === undefined || key.startsWith(prefix)) &&
    (gt === undefined || byBytes(key, gt) > 0) &&
    (gte === undefined || byBytes(key, gte) >= 0) &&
    (lt === undefined || byBytes(key, lt) < 0) &&
    (lte === undefined || byBytes(key, lte) <= 0)
  );
}

/** Whether two values are the same value, to the sign of a zero and the order of fields. */
export function same(a: unknown, b: unknown): boolean {
  if (a instanceof Uint8Array && b instanceof Uint8Array) return Buffer.compare(a, b) === 0;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return Object.is(a, b);
  const fields = Object.entries(a);
  const others = Object.entries(b);
  if (Array.isArray(a) !== Array.isArray(b) || fields.length !== others.length) return false;
  return fields.every(([name, value], i) => name === others[i]?.[0] && same(value, others[i]?.[1]));
}
