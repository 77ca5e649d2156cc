/** Writes chunks whole: a system may take fewer bytes than it was given, and says so only in its result. */
import type { FileHandle } from './file-system.ts';

/** One `writev` when the system takes all; otherwise goes on from where it stopped, for as long as it moves. */
export async function writeAll(
  file: FileHandle,
  chunks: readonly Uint8Array[],
  position: number,
): Promise<void> {
  let rest = chunks.filter((chunk) => chunk.length > 0);
  let at = position;
  while (rest.length > 0) {
    const written = await file.writev(rest, at);
    if (written <= 0) throw new Error('the system wrote no byte of what it was given');
    rest = after(rest, written);
    at += written;
  }
}

/** As `writeAll`, done when it returns. */
export function writeAllSync(file: FileHandle, chunks: readonly Uint8Array[], position: number): void {
  let rest = chunks.filter((chunk) => chunk.length > 0);
  let at = position;
  while (rest.length > 0) {
    const written = file.writevSync(rest, at);
    if (written <= 0) throw new Error('the system wrote no byte of what it was given');
    rest = after(rest, written);
    at += written;
  }
}

/** The chunks without their first `bytes` bytes. */
function after(chunks: readonly Uint8Array[], bytes: number): Uint8Array[] {
  const rest: Uint8Array[] = [];
  let skipped = bytes;
  for (const chunk of chunks) {
    if (skipped < chunk.length) rest.push(chunk.subarray(skipped));
    skipped = Math.max(0, skipped - chunk.length);
  }
  return rest;
}
