/** Small helpers for the tests of file logs. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ByteLog, Commit, IsokvError, Log, LogItem, LogOpenOptions } from '@isokv/core';
import { FileBytes } from '../file-bytes.ts';
import type { FileSystem } from '../file-system.ts';
import { nodeFileSystem } from '../node-file-system.ts';
import { OWNER_AT, OWNER_BYTES, writeSuperblock } from '../superblock.ts';

/** A folder of its own for each test. */
export function temporaryFolder(): { path: (name: string) => string; remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), 'isokv-'));
  return {
    path: (name) => join(folder, name),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

export const FOR_WRITING: LogOpenOptions = { readOnly: false, mode: 'create' };
export const FOR_READING: LogOpenOptions = { readOnly: true, mode: 'create' };

/** A byte log, opened and read, with what it held. */
export async function openBytes(
  path: string,
  fs: FileSystem = nodeFileSystem,
  options: LogOpenOptions = FOR_WRITING,
): Promise<{ log: FileBytes; bytes: Uint8Array; warnings: IsokvError[] }> {
  const warnings: IsokvError[] = [];
  const log = new FileBytes(path, fs, (warning) => warnings.push(warning));
  await log.open(options);
  return { log, bytes: await readBytes(log), warnings };
}

export async function readBytes(log: ByteLog, after?: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const { bytes } of log.read(after)) parts.push(bytes);
  return new Uint8Array(Buffer.concat(parts));
}

export async function readItems(log: Log): Promise<LogItem[]> {
  const items: LogItem[] = [];
  for await (const batch of log.read()) items.push(...batch);
  return items;
}

/** Opens and reads a log, and closes it however that ends. */
export async function itemsAt(log: Log, options: LogOpenOptions = FOR_READING): Promise<LogItem[]> {
  await log.open(options);
  try {
    return await readItems(log);
  } finally {
    await log.close();
  }
}

/** A commit whose changes are never looked at here. */
export function commit(seq: number, text = 'x'): Commit {
  return { seq, payload: Uint8Array.from([seq, ...Buffer.from(text)]) };
}

export function seqs(items: readonly LogItem[]): number[] {
  return items.flatMap((item) => (item.type === 'commit' ? [item.commit.seq] : []));
}

/** A file without what is its own: the secret of its lock, and who writes to it. */
export function plain(file: Uint8Array): Uint8Array {
  const bytes = file.slice();
  bytes.set(writeSuperblock(0).subarray(12, 32), 12);
  bytes.fill(0, OWNER_AT, OWNER_AT + OWNER_BYTES);
  return bytes;
}

export function text(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString();
}

export function bytesOf(content: string): Uint8Array {
  return new Uint8Array(Buffer.from(content));
}

export async function* chunksOf(...contents: string[]): AsyncGenerator<Uint8Array> {
  for (const content of contents) yield bytesOf(content);
}
