/** Keys that are not strings, as strings whose order is that of the keys. */
export { bytesKeys } from './keys/bytes-keys.ts';
export { integerKeys } from './keys/integer-keys.ts';
export type { KeyCodec } from './keys/key-codec.ts';
export { type Tuple, type TupleElement, tupleKeys } from './keys/tuple-keys.ts';
