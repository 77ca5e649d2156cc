/** Commits and runs as a store writes them. */
import { Writer } from '../bytes/writer.ts';
import { BlockBuilder } from '../format/block.ts';
import { TAG, writeClear, writeDelete, writeNamespace, writePut } from '../format/change.ts';
import type { Commit } from '../format/commit.ts';
import type { LogItem } from '../log/log.ts';

/** A log item without its position, which is the log's to give. */
export type Content = LogItem extends infer Item
  ? Item extends LogItem
    ? Omit<Item, 'position'>
    : never
  : never;

const patterns = new Map<string, Uint8Array<ArrayBuffer>>();

/** Bytes that look random and are the same every time. The caller may write over them. */
export function pattern(length: number, seed = 1): Uint8Array<ArrayBuffer> {
  const name = `${length} ${seed}`;
  const made = patterns.get(name) ?? makePattern(length, seed);
  patterns.set(name, made);
  return made.slice();
}

function makePattern(length: number, seed: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  let state = seed >>> 0;
  for (let i = 0; i < length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    bytes[i] = state >>> 24;
  }
  return bytes;
}

/** A commit that puts one value. */
export function commit(seq: number, value: Uint8Array = pattern(20, seq)): Commit {
  const writer = new Writer(value.length + 64);
  writer.varint(seq);
  putBytes(writer, `key ${seq}`, value, 0);
  return { seq, payload: writer.take() };
}

/** `count` commits, the first of them number `seq`. */
export function commits(seq: number, count: number): Commit[] {
  return Array.from({ length: count }, (_, index) => commit(seq + index));
}

/** A commit with a change of every kind. */
export function mixedCommit(seq: number): Commit {
  const writer = new Writer(256);
  writer.varint(seq);
  putBytes(writer, '', new Uint8Array(0), 0);
  putBytes(writer, 'é\u{10ffff}', Uint8Array.of(0x00, 0xff), Date.UTC(2100, 0));
  writeDelete(writer, 'gone');
  writeNamespace(writer, 'users');
  writeClear(writer);
  putBytes(writer, 'ada', pattern(300), 0);
  return { seq, payload: writer.take() };
}

/** A run of two namespaces and several blocks, up to commit number `seq`. */
export function run(seq: number): Content[] {
  const blocks: Uint8Array[] = [];
  let entries = 0;
  for (const [namespace, count, length] of [
    ['', 8, 40_000],
    ['users', 3, 100],
  ] as const) {
    const builder = new BlockBuilder(namespace);
    for (let i = 0; i < count; i++) {
      const start = builder.entries.length;
      const expires = i % 3 === 0;
      putBytes(builder.entries, `key ${i}`, pattern(length, seq + i), expires ? Date.UTC(2100, 0) : 0);
      const full = builder.add(start, expires);
      if (full) blocks.push(full);
      entries++;
    }
    const last = builder.finish();
    if (last) blocks.push(last);
  }
  const summary = { seq, blocks: blocks.length, entries };
  return [...blocks.map((bytes) => ({ type: 'block', bytes }) as const), { type: 'run', summary }];
}

function putBytes(writer: Writer, key: string, value: Uint8Array, expiresAt: number): void {
  writePut(writer, key, expiresAt);
  writer.u8(TAG.bytes);
  writer.sized(value);
}
