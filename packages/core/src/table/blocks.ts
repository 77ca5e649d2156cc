/** Makes the blocks of a run of a table's entries. */
import type { ValueCodecs } from '../codec/values.ts';
import { writeBytes } from '../codec/values.ts';
import { BlockBuilder } from '../format/block.ts';
import { writePut } from '../format/change.ts';
import { EVERYTHING } from './bounds.ts';
import { expiryOf } from './slot.ts';
import type { Table } from './table.ts';

/** How many entries may be gone through without a pause. */
const ENTRIES_PER_PAUSE = 256;

/** Yields each block as it is full, and undefined where it may be paused. Equal entries give equal blocks. */
export function* blocksOf(table: Table, codecs: ValueCodecs): Generator<Uint8Array | undefined> {
  const builder = new BlockBuilder(table.name);
  const writer = builder.entries;
  const entries = table.scan(EVERYTHING, (key, slot) => {
    const start = writer.length;
    const expiresAt = expiryOf(slot);
    writePut(writer, key, expiresAt);
    if (typeof slot === 'object') writeBytes(writer, slot.tag, slot.bytes.subarray(slot.start, slot.end));
    else codecs.write(writer, slot);
    return builder.add(start, expiresAt !== 0) ?? NO_BLOCK;
  });
  let count = 0;
  for (const block of entries) {
    if (block !== NO_BLOCK) yield block;
    else if (++count % ENTRIES_PER_PAUSE === 0) yield undefined;
  }
  const last = builder.finish();
  if (last) yield last;
}

const NO_BLOCK = new Uint8Array(0);
