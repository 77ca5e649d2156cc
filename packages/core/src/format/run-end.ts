/**
 * The payload of the frame that ends a run: seq, number of blocks and number of entries, as varints. Its
 * checksum, as every frame's, continues from all before it, and so covers the whole run.
 */
import { Reader } from '../bytes/reader.ts';
import { Writer } from '../bytes/writer.ts';
import { corrupt } from '../errors.ts';

export interface RunSummary {
  /** The last commit that the run contains; 0 for none, and in data. */
  readonly seq: number;
  readonly blocks: number;
  readonly entries: number;
}

export function writeRunEnd(summary: RunSummary): Uint8Array {
  const writer = new Writer(32);
  writer.varint(summary.seq);
  writer.varint(summary.blocks);
  writer.varint(summary.entries);
  return writer.take();
}

/** @throws CORRUPT */
export function parseRunEnd(payload: Uint8Array): RunSummary {
  const reader = new Reader(payload);
  const summary = { seq: reader.varint(), blocks: reader.varint(), entries: reader.varint() };
  if (!reader.done) throw corrupt('the end of a run that is too long');
  return summary;
}
