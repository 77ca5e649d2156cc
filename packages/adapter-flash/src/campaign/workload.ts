/** What is done to a store in the campaign, drawn from a seed, and what must be in it afterwards. */

import type { Random } from '@isokv/core/testing';
import type { DeviceStore } from '../device/open.ts';
import type { Geometry } from '../testing/simulated-flash.ts';

/** The clock of a campaign: it moves with every operation, so that some entries expire on the way. */
export class Clock {
  ms: number = Date.UTC(2026, 0);
  /** How many entries the index has room for. */
  index: number = 0;
}

interface Entry {
  /** The value, as text that tells all values apart. */
  readonly value: string;
  readonly expiresAt: number;
}

/** Namespace and key, as one text, with what they hold. */
export type Content = ReadonlyMap<string, Entry>;

/** One call of the store: all of it happens or none. */
export interface Operation {
  readonly puts: readonly { namespace: string; key: string; value: unknown; ttl?: number }[];
  readonly deletes: readonly { namespace: string; key: string }[];
}

const NAMESPACES = ['', '', '', 'sensors'];

/** One operation: mostly one small put; some deletions, transactions, expiring entries and values over a page. */
export function drawOperation(random: Random, { pageSize }: Geometry): Operation {
  const name = (): { namespace: string; key: string } => ({
    namespace: random.pick(NAMESPACES),
    key: `k${random.below(9)}`,
  });
  const ttl = random.below(8) === 0 ? { ttl: 1 + random.below(40) * 1000 } : {};
  const kind = random.below(20);
  if (kind < 4) return { puts: [], deletes: [name()] };
  if (kind < 7) {
    const puts = Array.from({ length: 1 + random.below(5) }, () => ({
      ...name(),
      value: draw(random, random.below(3) ? 40 : pageSize / 4),
      ...ttl,
    }));
    return { puts, deletes: random.below(2) ? [name()] : [] };
  }
  const size = kind === 7 ? pageSize * 1.6 : kind < 12 ? pageSize / 3 : 30;
  return { puts: [{ ...name(), value: draw(random, size), ...ttl }], deletes: [] };
}

function draw(random: Random, size: number): unknown {
  const length = random.below(size);
  const kind = random.below(4);
  if (kind === 0) return random.below(1000) - 500;
  if (kind === 1) return Uint8Array.from({ length }, (_, index) => (index * 31 + length) & 0xff);
  return String.fromCharCode(97 + random.below(26)).repeat(length);
}

export function apply(store: DeviceStore, { puts, deletes }: Operation): void {
  const [put] = puts;
  if (puts.length === 1 && put && deletes.length === 0) {
    store.namespace(put.namespace).set(put.key, put.value, put.ttl);
  } else store.commit([...puts, ...deletes.map((name) => ({ ...name, delete: true }))]);
}

export function applied(content: Content, { puts, deletes }: Operation, { ms }: Clock): Content {
  const next = new Map(content);
  for (const { namespace, key, value, ttl } of puts) {
    next.set(nameOf(namespace, key), { value: textOf(value), expiresAt: ttl === undefined ? 0 : ms + ttl });
  }
  for (const { namespace, key } of deletes) next.delete(nameOf(namespace, key));
  return next;
}

/** What is asked of a store, of either face. */
interface Reader {
  namespace(name: string): { keys(): Iterable<string>; get(key: string): unknown };
}

/** All that a store holds, in one text. */
export function found(store: Reader): string {
  const lines: string[] = [];
  for (const namespace of ['', 'sensors']) {
    const space = store.namespace(namespace);
    for (const key of space.keys()) lines.push(`${nameOf(namespace, key)}=${textOf(space.get(key))}`);
  }
  return lines.sort().join('\n');
}

/** The same of what it should hold. */
export function expected(content: Content, { ms }: Clock): string {
  const lines: string[] = [];
  for (const [name, { value, expiresAt }] of content) {
    if (expiresAt === 0 || expiresAt > ms) lines.push(`${name}=${value}`);
  }
  return lines.sort().join('\n');
}

function nameOf(namespace: string, key: string): string {
  return `${namespace}/${key}`;
}

function textOf(value: unknown): string {
  if (value instanceof Uint8Array) return `bytes ${value.length} ${value[0] ?? ''} ${value.at(-1) ?? ''}`;
  return JSON.stringify(value);
}
