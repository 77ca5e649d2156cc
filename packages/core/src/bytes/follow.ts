import { concat } from './concat.ts';

/** `rest`, then `bytes`, as one. Views of one buffer that touch are joined without a copy. */
export function follow(rest: Uint8Array, bytes: Uint8Array): Uint8Array {
  const next = plain(bytes);
  if (rest.length === 0) return next;
  if (rest.buffer === next.buffer && rest.byteOffset + rest.length === next.byteOffset) {
    return new Uint8Array(rest.buffer, rest.byteOffset, rest.length + next.length);
  }
  return concat([rest, next]);
}

/** The same bytes as no more than a Uint8Array: `slice` of Node's Buffer does not copy. */
function plain(bytes: Uint8Array): Uint8Array {
  if (bytes.constructor === Uint8Array) return bytes;
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
}
