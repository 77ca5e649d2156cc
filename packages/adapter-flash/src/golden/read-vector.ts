/** What an image means, as each of its readers says it. */
import { msgpack } from '@isokv/codec-msgpack';
import { Store } from '@isokv/core';
import { open } from '../../test/whole.ts';
import { memoryFlash } from '../devices/memory-flash.ts';
import { flashLog } from '../flash-log.ts';
import type { FlashEntry } from '../image/flash-map.ts';
import { inspectFlash } from '../image/inspect-flash.ts';
import { describeValue, type Meaning, type Vector } from './vector.ts';
import { toBytes } from './write-vector.ts';

type Entries = Meaning['entries'];

/** The store in Node: with the values, when they expire. */
export async function readByLog(
  bytes: Uint8Array,
  { geometry, now }: Vector,
): Promise<{ seq: number; entries: Entries }> {
  const log = flashLog(memoryFlash(bytes.slice(), geometry));
  const store = await Store.open(log, { codecs: [msgpack], now: () => now, readOnly: true });
  const entries: Entries = {};
  for (const name of store.namespaces()) {
    const space = name === '' ? store : store.namespace(name);
    if (space.size === 0) continue;
    entries[name] = {};
    for (const [key, value] of space.entries()) {
      const expiresAt = space.expiresAt(key);
      entries[name][key] = { value: describeValue(value), ...(expiresAt !== undefined && { expiresAt }) };
    }
  }
  return { seq: store.stats().seq, entries };
}

/** The device: its values alone, by the names that the meaning has. With an index and without. */
export function readByDevice(
  bytes: Uint8Array,
  { geometry, now, meaning }: Vector,
  index: number,
  openStore: typeof open = open,
): unknown {
  const store = openStore(memoryFlash(bytes.slice(), geometry), { now: () => now, index });
  const entries: Record<string, Record<string, unknown>> = {};
  for (const name of Object.keys(meaning.entries)) {
    const space = store.namespace(toBytes(name));
    const read = space.keys().map((key) => [toText(key), { value: describeValue(toText(space.get(key))) }]);
    entries[name] = Object.fromEntries(read);
  }
  return { seq: store.stats().seq, entries };
}

function toText<T>(value: T): T {
  return typeof value === 'string' ? (Buffer.from(value, 'latin1').toString() as T) : value;
}

/** The map: pages, records and changes. */
export function readByMap(
  bytes: Uint8Array,
  { geometry, now }: Vector,
): { seq: number; pages: Meaning['pages'] } {
  const { seq, pages, damage } = inspectFlash(memoryFlash(bytes.slice(), geometry), { now: () => now });
  if (damage.length > 0) throw new Error(`damage: ${JSON.stringify(damage)}`);
  return {
    seq,
    pages: pages.map(({ state, sequence, records, bytes: { torn } }) => ({
      state,
      ...(sequence !== undefined && { sequence }),
      ...(torn > 0 && { torn }),
      ...(records.length > 0 && {
        records: records.map(({ kind, counts, entries }) =>
          [counts ? kind : `${kind}, void`, ...entries.map(describeEntry)].join(': '),
        ),
      }),
    })),
  };
}

function describeEntry({ kind, namespace, key, isLive, expiresAt }: FlashEntry): string {
  const name = namespace === '' ? key : `${namespace}/${key}`;
  return `${kind}${expiresAt === undefined ? '' : ' expiring'} ${name}${isLive ? '' : ' (dead)'}`;
}
