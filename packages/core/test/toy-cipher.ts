/** A cipher that protects nothing, but seals, opens, binds to a place and detects a wrong key as a real one does. */
import { crc32 } from '../src/bytes/crc32.ts';
import { getU32, putU32 } from '../src/bytes/writer.ts';
import type { Cipher, CipherSession, SealContext } from '../src/cipher.ts';

const NONCE_BYTES = 4;
const TAG_BYTES = 4;

export function toyCipher(key: number, name = 'toy'): Cipher & { starts: (Uint8Array | undefined)[] } {
  const starts: (Uint8Array | undefined)[] = [];
  return {
    name,
    overheadBytes: NONCE_BYTES + TAG_BYTES,
    starts,
    async start(header) {
      starts.push(header);
      return toySession(key, header ?? Uint8Array.of(0x5a, 0x17));
    },
  };
}

export function toySession(key: number, header: Uint8Array = new Uint8Array(0)): CipherSession {
  let nonce = 0;
  return {
    header,
    seal(plain, context) {
      const sealed = new Uint8Array(NONCE_BYTES + plain.length + TAG_BYTES);
      putU32(sealed, 0, ++nonce);
      sealed.set(mask(plain, key, nonce), NONCE_BYTES);
      putU32(sealed, NONCE_BYTES + plain.length, tag(plain, key, nonce, context));
      return sealed;
    },
    open(sealed, context) {
      if (sealed.length < NONCE_BYTES + TAG_BYTES) throw new Error('too short');
      const end = sealed.length - TAG_BYTES;
      const plain = mask(sealed.subarray(NONCE_BYTES, end), key, getU32(sealed, 0));
      if (tag(plain, key, getU32(sealed, 0), context) !== getU32(sealed, end)) throw new Error('wrong tag');
      return plain;
    },
  };
}

function mask(bytes: Uint8Array, key: number, nonce: number): Uint8Array {
  return bytes.map((byte, i) => byte ^ (key * 31 + nonce * 17 + i * 7));
}

function tag(plain: Uint8Array, key: number, nonce: number, { associated }: SealContext): number {
  return crc32(associated, crc32(plain, (key * 2654435761 + nonce) >>> 0));
}
