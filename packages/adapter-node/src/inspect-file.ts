/** Explains the file of a store, whatever state it is in, without opening the store. */
import * as zlib from 'node:zlib';
import { type Crc32, explain, type Finding, type InspectOptions, IsokvError, inspect } from '@isokv/core';
import { filePath } from './file-path.ts';
import type { FileHandle, FileSystem } from './file-system.ts';
import { openExisting } from './find-file.ts';
import { nodeFileSystem } from './node-file-system.ts';
import { readChunks } from './read-chunks.ts';
import { readHead } from './read-head.ts';
import { hasMagic, LOG_START, parseSuperblock, type Slots } from './superblock.ts';

/** The first 4,096 bytes of a file. */
export interface SuperblockFinding {
  readonly type: 'superblock';
  readonly offset: 0;
  readonly bytes: number;
  /** What each of the two state slots holds: up to where the file was durable; undefined for one that is damaged. */
  readonly slots: Slots;
  /** What is wrong with it. */
  readonly error?: string;
}

export type FileFinding = SuperblockFinding | Finding;

/** So much of the file is read at a time. */
const CHUNK_BYTES = 16 * 1024 * 1024;

/**
 * Everything that is found in a file (its path, or a file: URL), in order. Damage is a finding, not an error. The file may be open in a store.
 * @throws INVALID_OPTION, MISSING, DIRECTORY, NOT_A_FILE, IO
 */
export async function* inspectFile(
  target: string | URL,
  { fs = nodeFileSystem }: { readonly fs?: FileSystem } = {},
): AsyncGenerator<FileFinding> {
  const path = filePath('inspectFile', target);
  const file = await openExisting(fs, path, 'r');
  if (!file) throw new IsokvError('MISSING', `there is no file at ${path}`);
  try {
    const { head, bytes } = await readHead(file, path);
    const crc32 = (zlib as { crc32?: Crc32 }).crc32;
    const options: InspectOptions = crc32 ? { crc32 } : {};
    if (beginsData(head)) return yield* inspect(chunksOf(file, 0, bytes), options);
    const superblock = describe(head, path);
    yield superblock;
    const [a = 0, b = 0] = superblock.slots;
    const settled = Math.max(a, b);
    yield* inspect(chunksOf(file, LOG_START, bytes), { ...options, offset: LOG_START, settled });
  } finally {
    await file.close();
  }
}

/** A finding as one line of text: where it is, how many bytes it takes, what it is. */
export function explainFile(finding: FileFinding): string {
  if (finding.type !== 'superblock') return explain(finding);
  const { bytes, slots, error } = finding;
  const [a, b] = slots.map((slot) => slot ?? 'damaged');
  const place = `${'0'.padStart(10)} ${String(bytes).padStart(9)}`;
  return `${place}  ${error ? `DAMAGE   ${error}` : `file     settled up to ${a} and ${b}`}`;
}

/** What `toData()` gives has no superblock. */
function beginsData(head: Uint8Array): boolean {
  return head[0] === 0xf5 && !hasMagic(head);
}

function describe(head: Uint8Array, path: string): SuperblockFinding {
  const place = { type: 'superblock', offset: 0, bytes: head.length } as const;
  try {
    return { ...place, slots: parseSuperblock(head, path) };
  } catch (error) {
    return { ...place, slots: [undefined, undefined], error: (error as Error).message };
  }
}

async function* chunksOf(file: FileHandle, from: number, to: number): AsyncGenerator<Uint8Array> {
  for await (const { bytes } of readChunks(file, from, to, CHUNK_BYTES)) yield bytes;
}
