import { IsokvError } from '@isokv/core';

/** Text from UTF-8. @throws INVALID_DATA with line and column where the bytes are none */
export function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    const valid = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
    const lines = valid.decode(bytes.subarray(0, validLength(bytes))).split('\n');
    const column = (lines.at(-1) as string).length + 1;
    throw new IsokvError('INVALID_DATA', `line ${lines.length}, column ${column}: this is not UTF-8`);
  }
}

/** How many bytes there are before the first that belongs to no character. */
function validLength(bytes: Uint8Array): number {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  // A replacement character that stands in the text itself is as long as the one put for what is none.
  for (let at = 0, text = decoder.decode(bytes), index = 0; ; index++) {
    const next = text.indexOf('\ufffd', index);
    at += Buffer.byteLength(text.slice(index, next));
    if (bytes[at] !== 0xef || bytes[at + 1] !== 0xbf || bytes[at + 2] !== 0xbd) return at;
    at += 3;
    index = next;
  }
}
