/** The state of a log that keeps no commits: a table for each namespace. */
import { compareBytes, compareKeys } from '../bytes/order.ts';
import { Writer } from '../bytes/writer.ts';
import { ValueCodecs, writeBytes } from '../codec/values.ts';
import { Block } from '../format/block.ts';
import { CLEAR, DELETE, NAMESPACE, writeDelete, writeNamespace, writePut } from '../format/change.ts';
import { type Commit, changesOf } from '../format/commit.ts';
import type { LogItem } from '../log/log.ts';
import { blocksOf } from '../table/blocks.ts';
import { EVERYTHING } from '../table/bounds.ts';
import { Cell, cellOf, UNREAD } from '../table/slot.ts';
import { Table } from '../table/table.ts';
import type { DataEntry } from './entry.ts';

export type Tables = Map<string, Table>;

/** What is kept is kept by tag, as bytes: no codec is asked for. */
const codecs = /* @__PURE__ */ new ValueCodecs();

export function tablesOf(entries: Iterable<DataEntry>): Tables {
  const tables: Tables = new Map();
  for (const { namespace, key, tag, bytes, expiresAt } of entries)
    tableOf(tables, namespace).put(key, new Cell(tag, bytes, 0, bytes.length, expiresAt));
  return tables;
}

function tableOf(tables: Tables, name: string): Table {
  const table = tables.get(name) ?? new Table(name);
  tables.set(name, table);
  return table;
}

function namesOf(tables: Tables): string[] {
  return [...tables.keys()].sort(compareKeys);
}

export function countOf(tables: Tables): number {
  let sum = 0;
  for (const { size } of tables.values()) sum += size;
  return sum;
}

/** Brings the entries into order, a few at a time (yields where it may be paused), so that `liveEntries` finds them so. */
export function* ordering(tables: Tables): Generator<void> {
  for (const { fresh } of tables.values()) yield* fresh.buildOrder();
}

/**
 * In order, without those that have expired. As long as an entry is not written it is the same object, so that what
 * is made of it can be kept with it.
 */
export function* liveEntries(tables: Tables, now: number): Generator<DataEntry> {
  for (const namespace of namesOf(tables)) {
    yield* (tables.get(namespace) as Table).scan(EVERYTHING, (key, slot) => {
      const cell = slot as Cell;
      const { tag, bytes, start, end, expiresAt } = cell;
      if (expiresAt !== 0 && expiresAt <= now) return undefined;
      if (cell.value === UNREAD)
        cell.value = { namespace, key, tag, bytes: bytes.subarray(start, end), expiresAt, line: undefined };
      return cell.value as DataEntry;
    });
  }
}

/** The blocks of a run of these tables. */
export function* blocksOfAll(tables: Tables): Generator<Uint8Array> {
  for (const name of namesOf(tables))
    for (const bytes of blocksOf(tables.get(name) as Table, codecs)) if (bytes) yield bytes;
}

/** Which commit an item of a new content goes up to, if it says so. */
export function seqOf(item: LogItem): number | undefined {
  if (item.type === 'run') return item.summary.seq;
  return item.type === 'commit' ? item.commit.seq : undefined;
}

/** Adds the entries of a block, a few at a time: yields where it may be paused. */
export function* addingBlock(tables: Tables, bytes: Uint8Array): Generator<void> {
  const block = new Block(bytes);
  const table = tableOf(tables, block.namespace);
  for (let index = 0; index < block.count; index++) {
    const entry = block.entry(index);
    table.put(entry.key, cellOf(entry));
    if (index % 256 === 255) yield;
  }
}

export function applyCommit(tables: Tables, commit: Commit): void {
  let namespace = '';
  const changes = changesOf(commit);
  while (changes.next()) {
    const { kind, key } = changes;
    if (kind === NAMESPACE) {
      namespace = key;
      continue;
    }
    const table = tableOf(tables, namespace);
    if (kind === CLEAR) table.moveOut();
    else if (kind === DELETE) table.remove(key);
    else table.put(key, cellOf(changes));
  }
}

/** What makes one content of another, as a commit: so that only what has changed is new. Undefined when nothing has. */
export function changesBetween(before: Tables, after: Tables, seq: number): Commit | undefined {
  const writer = new Writer();
  writer.varint(seq);
  let changes = 0;
  for (const name of namesOf(new Map([...before, ...after]))) {
    const [old, next] = [before.get(name) ?? new Table(name), after.get(name) ?? new Table(name)];
    writeNamespace(writer, name);
    for (const key of old.scan(EVERYTHING, (each) => each)) {
      if (next.find(key) !== undefined) continue;
      writeDelete(writer, key);
      changes++;
    }
    for (const [key, cell] of next.scan(EVERYTHING, (each, slot) => [each, slot as Cell] as const)) {
      const known = old.find(key) as Cell | undefined;
      if (known && sameCell(known, cell)) continue;
      writePut(writer, key, cell.expiresAt);
      writeBytes(writer, cell.tag, cell.bytes.subarray(cell.start, cell.end));
      changes++;
    }
  }
  return changes > 0 ? { seq, payload: writer.take() } : undefined;
}

function sameCell(a: Cell, b: Cell): boolean {
  if (a.tag !== b.tag || a.expiresAt !== b.expiresAt) return false;
  return compareBytes(a.bytes, a.start, a.end, b.bytes, b.start, b.end) === 0;
}
