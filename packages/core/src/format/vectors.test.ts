/**
 * Golden vectors: `vectors/<case>.bin` are bytes, `vectors/<case>.json` what they mean. Written and read here
 * in both directions, so that neither the code nor docs/FORMAT.md can drift from bytes that are out there.
 * After a deliberate change of the format: ISOKV_WRITE_VECTORS=1 npx vitest run packages/core/src/format/vectors.test.ts
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Writer } from '../bytes/writer.ts';
import type { Cipher } from '../cipher.ts';
import { ValueCodecs } from '../codec/values.ts';
import { frameLog } from '../log/frame-log.ts';
import type { LogItem } from '../log/log.ts';
import { MemoryMedium, memoryBytes } from '../log/memory-log.ts';
import { Block, BlockBuilder } from './block.ts';
import {
  type ChangeReader,
  CLEAR,
  DELETE,
  NAMESPACE,
  PUT,
  writeClear,
  writeDelete,
  writeNamespace,
  writePut,
} from './change.ts';
import { changesOf } from './commit.ts';
import { FLIGHT, KIND, startChain } from './frame.ts';
import { FrameWriter } from './frame-writer.ts';
import { parseHeader, writeHeader } from './header.ts';
import { writeRunEnd } from './run-end.ts';

interface Put {
  readonly change: 'put';
  readonly key: string;
  readonly expiresAt?: number;
  readonly tag: number;
  /** Hex; or, for a long value, one byte and how often it comes. */
  readonly bytes: string | { readonly byte: string; readonly times: number };
  /** What the value is, where JSON can say it. */
  readonly value?: unknown;
}
type Change =
  | Put
  | { readonly change: 'delete' | 'namespace'; readonly key: string }
  | { readonly change: 'clear' };

interface Vector {
  readonly about: string;
  readonly storeId: string;
  /** Sealed by the cipher below. */
  readonly sealed?: true;
  readonly run?: {
    readonly seq: number;
    readonly blocks: { readonly namespace: string; readonly entries: Put[] }[];
  };
  /** Flights of commits of changes. */
  readonly flights: { readonly seq: number; readonly changes: Change[] }[][];
  /** Hex of what follows the last whole frame. */
  readonly tail?: string;
  /** How many bytes of it are reported as a torn tail. */
  readonly torn?: number;
}

const folder = new URL('../../vectors/', import.meta.url);
const write = process.env.ISOKV_WRITE_VECTORS === '1';

/** Not a cipher: it makes visible where sealing happens. One byte in front, every byte flipped, the associated data summed. */
const flip: Cipher = {
  name: 'flip-test',
  overheadBytes: 1,
  start: () => ({
    header: Uint8Array.of(1, 2, 3),
    seal: (plain, { associated }) => Uint8Array.of(sum(associated), ...plain.map((byte) => byte ^ 0xff)),
    open: (sealed, { associated }) => {
      if (sealed[0] !== sum(associated)) throw new Error('sealed in another place');
      return sealed.slice(1).map((byte) => byte ^ 0xff);
    },
  }),
};

function sum(bytes: Uint8Array): number {
  return bytes.reduce((total, byte) => (total + byte) & 0xff, 0);
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

function bytesOf({ bytes }: Put): Uint8Array {
  if (typeof bytes === 'string') return Uint8Array.from(Buffer.from(bytes, 'hex'));
  return new Uint8Array(bytes.times).fill(Number.parseInt(bytes.byte, 16));
}

function encode(vector: Vector): Uint8Array {
  const session = vector.sealed ? flip.start(undefined) : undefined;
  if (session instanceof Promise) throw new Error('unreachable');
  const frames = new FrameWriter(startChain(), session, vector.sealed ? flip.overheadBytes : 0);
  const parts: Uint8Array[] = [];
  const header = {
    storeId: Uint8Array.from(Buffer.from(vector.storeId, 'hex')),
    cipherName: vector.sealed ? flip.name : '',
    cipherHeader: session?.header ?? new Uint8Array(0),
  };
  // A header that begins a flight says that no run follows it.
  frames.add(KIND.header, writeHeader(header), vector.run ? 0 : FLIGHT);
  for (const { namespace, entries } of vector.run?.blocks ?? [])
    frames.add(KIND.block, encodeBlock(namespace, entries));
  if (vector.run) {
    const { seq, blocks } = vector.run;
    const entries = blocks.reduce((count, block) => count + block.entries.length, 0);
    frames.add(KIND.runEnd, writeRunEnd({ seq, blocks: blocks.length, entries }));
  }
  for (const [index, flight] of vector.flights.entries()) {
    // The header goes with the first flight of a log that has no run.
    let flags = index === 0 && !vector.run ? 0 : FLIGHT;
    for (const commit of flight) {
      frames.add(KIND.commit, encodeCommit(commit.seq, commit.changes), flags);
      flags = 0;
    }
  }
  parts.push(frames.take().slice(), Buffer.from(vector.tail ?? '', 'hex'));
  return Uint8Array.from(Buffer.concat(parts));
}

function encodeBlock(namespace: string, entries: readonly Put[]): Uint8Array {
  const builder = new BlockBuilder(namespace);
  for (const entry of entries) {
    const start = builder.entries.length;
    encodePut(builder.entries, entry);
    expect(builder.add(start, entry.expiresAt !== undefined)).toBeUndefined();
  }
  return builder.finish() as Uint8Array;
}

function encodeCommit(seq: number, changes: readonly Change[]): Uint8Array {
  const writer = new Writer();
  writer.varint(seq);
  for (const change of changes) {
    if (change.change === 'put') encodePut(writer, change);
    else if (change.change === 'delete') writeDelete(writer, change.key);
    else if (change.change === 'namespace') writeNamespace(writer, change.key);
    else writeClear(writer);
  }
  return writer.take();
}

function encodePut(writer: Writer, put: Put): void {
  writePut(writer, put.key, put.expiresAt ?? 0);
  writer.u8(put.tag);
  writer.sized(bytesOf(put));
}

/** What a log makes of the bytes, in the words of a vector. */
async function decode(bytes: Uint8Array, sealed: boolean): Promise<Record<string, unknown>> {
  const medium = new MemoryMedium();
  medium.parts = [bytes];
  medium.end = bytes.length;
  const log = frameLog(memoryBytes(medium));
  await log.open({ readOnly: false, mode: 'mustExist', cipher: sealed ? flip : undefined });
  const items: LogItem[] = [];
  for await (const batch of log.read()) items.push(...batch);
  const blocks = items.flatMap((item) => (item.type === 'block' ? [decodeBlock(new Block(item.bytes))] : []));
  const run = items.find((item) => item.type === 'run');
  const torn = items.find((item) => item.type === 'torn');
  const headerLength = Buffer.from(bytes).readUInt32LE(2);
  return {
    storeId: hex(parseHeader(bytes.subarray(6, 6 + headerLength)).storeId),
    ...(sealed ? { sealed } : {}),
    ...(run ? { run: { seq: run.summary.seq, blocks } } : {}),
    ...(torn ? { torn: torn.bytes } : {}),
    commits: items.flatMap((item) =>
      item.type === 'commit'
        ? [{ seq: item.commit.seq, changes: decodeChanges(changesOf(item.commit)) }]
        : [],
    ),
  };
}

function decodeBlock(block: Block): { namespace: string; entries: unknown[] } {
  const entries = Array.from({ length: block.count }, (_, index) => describePut(block.entry(index)));
  return { namespace: block.namespace, entries };
}

function decodeChanges(changes: ChangeReader): unknown[] {
  const found: unknown[] = [];
  while (changes.next()) {
    const { kind, key } = changes;
    if (kind === PUT) found.push(describePut(changes));
    else if (kind === DELETE) found.push({ change: 'delete', key });
    else if (kind === NAMESPACE) found.push({ change: 'namespace', key });
    else if (kind === CLEAR) found.push({ change: 'clear' });
  }
  return found;
}

function describePut({ key, expiresAt, tag, reader, valueStart, valueEnd }: ChangeReader): Put {
  const bytes = reader.bytes.slice(valueStart, valueEnd);
  const isLong = bytes.length > 1000;
  const value =
    isLong || [1, 4, 16].includes(tag) ? undefined : new ValueCodecs().read(tag, bytes, 0, bytes.length);
  return {
    change: 'put',
    key,
    ...(expiresAt === 0 ? {} : { expiresAt }),
    tag,
    bytes: isLong ? { byte: hex(bytes.subarray(0, 1)), times: bytes.length } : hex(bytes),
    // JSON has no NaN, and no -0.
    ...(value === undefined || Number.isNaN(value) || Object.is(value, -0) ? {} : { value }),
  };
}

const names = readdirSync(folder)
  .filter((name) => name.endsWith('.json'))
  .map((name) => name.slice(0, -'.json'.length));

describe('golden vectors', () => {
  for (const name of names) {
    const vector = JSON.parse(readFileSync(new URL(`${name}.json`, folder), 'utf8')) as Vector;
    const file = new URL(`${name}.bin`, folder);
    if (write) writeFileSync(file, encode(vector));

    it(`${name}: what it means gives its bytes`, () => {
      expect(hex(encode(vector))).toBe(hex(readFileSync(file)));
    });

    it(`${name}: its bytes give what it means`, async () => {
      const { about: _about, flights, tail: _tail, ...rest } = vector;
      const found = await decode(Uint8Array.from(readFileSync(file)), vector.sealed === true);
      expect(found).toEqual({ ...rest, commits: flights.flat() });
    });
  }

  it('cover every change, tag and flag', () => {
    const text = names.map((name) => readFileSync(new URL(`${name}.json`, folder), 'utf8')).join('\n');
    for (const change of ['put', 'delete', 'namespace', 'clear'])
      expect(text).toContain(`"change": "${change}"`);
    for (const tag of [1, 2, 3, 4, 5, 6, 7, 8, 9, 16]) expect(text).toMatch(new RegExp(`"tag": ${tag}\\b`));
    for (const word of ['"run"', '"sealed"', '"torn"', '"expiresAt"', '"times"'])
      expect(text).toContain(word);
  });
});
