/** Bytes as keys: one character, U+0000 to U+00FF, a byte. */
import { isBytes } from '../../bytes/is-bytes.ts';
import { IsokvError } from '../../errors.ts';
import type { KeyCodec } from './key-codec.ts';
import { latin1FromBytes, latin1ToBytes } from './latin1.ts';

/** Bytes, in byte order. Each takes one byte of the 64 KiB that a key may have, or two from 0x80 on. */
export const bytesKeys: KeyCodec<Uint8Array> = {
  name: 'bytes',
  encode(key) {
    if (!isBytes(key)) {
      throw new IsokvError('INVALID_KEY', 'this namespace has keys of bytes: give a Uint8Array');
    }
    return latin1FromBytes(key);
  },
  decode: latin1ToBytes,
  encodePrefix: (prefix) => bytesKeys.encode(prefix),
};
