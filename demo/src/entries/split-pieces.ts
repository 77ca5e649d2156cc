const LENGTH_BYTES = 4;

/** The pieces of a stream that has the length of each (u32le) before it, as build/cities-asset.ts writes them. */
export async function* splitPieces(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  let rest = new Uint8Array();
  const reader = stream.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    const joined = new Uint8Array(rest.length + value.length);
    joined.set(rest);
    joined.set(value, rest.length);
    let at = 0;
    for (;;) {
      const end = endOfPiece(joined, at);
      if (end === undefined) break;
      yield joined.subarray(at + LENGTH_BYTES, end);
      at = end;
    }
    rest = joined.subarray(at);
  }
  if (rest.length > 0) throw new Error('The cities ended in the middle of a piece: load them again');
}

/** @returns undefined while the piece at `at` is not all there */
function endOfPiece(bytes: Uint8Array, at: number): number | undefined {
  if (bytes.length - at < LENGTH_BYTES) return undefined;
  const end = at + LENGTH_BYTES + new DataView(bytes.buffer, bytes.byteOffset + at).getUint32(0, true);
  return end <= bytes.length ? end : undefined;
}
