/** `toData`, `fromData` and `load`: between a store's tables and the forms of data. */
import { isBytes } from '../bytes/is-bytes.ts';
import { compareKeys } from '../bytes/order.ts';
import { readData, writeData } from '../data/binary.ts';
import type { DataEntry } from '../data/entry.ts';
import { toJson } from '../data/json.ts';
import { fromText, toJsonl } from '../data/jsonl.ts';
import { IsokvError } from '../errors.ts';
import type { Block } from '../format/block.ts';
import { blocksOf } from '../table/blocks.ts';
import { EVERYTHING } from '../table/bounds.ts';
import { Cell, cellOf } from '../table/slot.ts';
import { checkKey } from './check-key.ts';
import type { Core } from './core.ts';
import type { LiveSpace } from './live-space.ts';
import { Recovery } from './recovery.ts';
import { transact } from './transaction.ts';

export function exportData(core: Core, format: 'binary' | 'json' | 'jsonl'): Uint8Array | string {
  core.expireDue();
  const spaces = [...core.spaces.values()].sort((a, b) => compareKeys(a.name, b.name));
  if (format === 'json') return toJson(entriesOf(core, spaces));
  if (format === 'jsonl') return toJsonl(entriesOf(core, spaces));
  return writeData(allBlocks(core, spaces), core.options.cipher);
}

/** `install`: into a store that is empty and has no log. */
export function importData(
  core: Core,
  data: Uint8Array | string,
  mode: 'install' | 'merge' | 'replace',
): Promise<void> {
  core.access.checkWritable();
  if (typeof data !== 'string') {
    if (!isBytes(data)) throw new IsokvError('INVALID_DATA', 'data is a Uint8Array, or text');
    const blocks = readData(data, core.options.cipher);
    if (mode !== 'install') return loadEntries(core, [...entriesIn(blocks)], mode);
    const recovery = new Recovery(core);
    for (const block of blocks) recovery.addBlock(block);
    recovery.install();
    return Promise.resolve();
  }
  return loadEntries(core, fromText(data), mode);
}

function loadEntries(core: Core, entries: readonly DataEntry[], mode: string): Promise<void> {
  for (const { key } of entries) checkKey(key);
  return transact(core, (state) => {
    if (mode === 'replace') for (const { name } of [...core.spaces.values()]) state.space(name).clear();
    for (const { namespace, key, tag, bytes, expiresAt } of entries) {
      state.space(namespace).putSlot(key, new Cell(tag, bytes, 0, bytes.length, expiresAt));
    }
  });
}

function* entriesIn(blocks: readonly Block[]): Generator<DataEntry> {
  for (const block of blocks) {
    for (let index = 0; index < block.count; index++) {
      const entry = block.entry(index);
      yield toEntry(block.namespace, entry.key, cellOf(entry));
    }
  }
}

function* entriesOf(core: Core, spaces: readonly LiveSpace[]): Generator<DataEntry> {
  for (const { name, table } of spaces) {
    yield* table.scan(EVERYTHING, (key, slot) => toEntry(name, key, core.slots.withExpiry(slot)));
  }
}

function* allBlocks(core: Core, spaces: readonly LiveSpace[]): Generator<Uint8Array> {
  for (const { table } of spaces) {
    for (const block of blocksOf(table, core.slots.codecs)) if (block) yield block;
  }
}

function toEntry(namespace: string, key: string, { tag, bytes, start, end, expiresAt }: Cell): DataEntry {
  return { namespace, key, tag, bytes: bytes.subarray(start, end), expiresAt };
}
