/** Whether a value is a `Uint8Array`, also one of another realm: a frame's, or that of a `node:vm` context, as in Jest. */
export function isBytes(value: unknown): value is Uint8Array {
  return ArrayBuffer.isView(value) && (value as Uint8Array)[Symbol.toStringTag] === 'Uint8Array';
}
