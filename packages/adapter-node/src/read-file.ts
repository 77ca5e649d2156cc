/** Reads the log in a file, and goes on in the one that has taken its place. */
import type { ByteChunk, Position } from '@isokv/core';
import { ioError, wrapping } from './io-error.ts';
import { openFile } from './open-file.ts';
import { isStill } from './open-lock.ts';
import { readChunks } from './read-chunks.ts';
import { pointTo, type State, settledOf } from './state.ts';
import { LOG_START } from './superblock.ts';

/** As `ByteLog.read`. */
export async function* readFile(state: State, after: Position): AsyncGenerator<ByteChunk> {
  const isAnother = state.readOnly && after > 0 && (await follow(state));
  const { file, path } = state;
  // Who only reads may be reading what another process writes.
  if (state.readOnly) state.endMost = (await wrapping('read', path, () => file.stat())).bytes;
  const to = state.endMost;
  const from = after >= LOG_START && after <= to && !isAnother ? after : LOG_START;
  let leastEnd = from;
  try {
    for await (const chunk of readChunks(file, from, to)) {
      leastEnd = Math.max(leastEnd, endOfWritten(chunk));
      yield chunk;
    }
  } catch (cause) {
    throw ioError('read', path, cause);
  }
  // Zeros at the end may be preallocated, or the last bytes of the log: the caller can tell, and names its end.
  const isFirst = !state.changed && from === LOG_START && to !== settledOf(state.slots);
  if (isFirst) state.endLeast = leastEnd;
}

/** Goes on with the file that a writer has put in the place of the one that is open. @returns whether it has */
async function follow(state: State): Promise<boolean> {
  const { fs, path, identity, file } = state;
  if (await isStill(fs, path, identity)) return false;
  const opened = await openFile(fs, path, { readOnly: true, mode: 'mustExist' });
  Object.assign(state, pointTo(opened.file, opened.slots, opened.bytes));
  state.identity = opened.identity;
  await file.close().catch(() => undefined);
  return true;
}

/** Where the last byte of a chunk ends that is not zero; 0 when all are. */
function endOfWritten({ position, bytes }: ByteChunk): Position {
  let end = bytes.length;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  while (end >= 4 && view.getUint32(end - 4) === 0) end -= 4;
  while (end > 0 && bytes[end - 1] === 0) end--;
  return end === 0 ? 0 : position + end;
}
