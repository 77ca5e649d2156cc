import { Reader } from '../bytes/reader.ts';
import { corrupt } from '../errors.ts';
import { ChangeReader } from './change.ts';

/**
 * The changes that apply all or none. `payload` is the sequence number as a varint, then the changes
 * (see change.ts): encoded once, whatever the medium.
 */
export interface Commit {
  /** Grows by one from commit to commit; the first of a store is 1. */
  readonly seq: number;
  readonly payload: Uint8Array;
}

/** @throws CORRUPT when the payload does not begin with a sequence number */
export function parseCommit(payload: Uint8Array): Commit {
  const seq = new Reader(payload).varint();
  if (seq === 0) throw corrupt('a commit without a sequence number');
  return { seq, payload };
}

/** The changes of a commit. */
export function changesOf(commit: Commit): ChangeReader {
  const changes = new ChangeReader(commit.payload);
  changes.reader.varint();
  return changes;
}
