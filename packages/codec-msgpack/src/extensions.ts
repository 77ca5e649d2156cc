/**
 * What isokv adds to MessagePack, as extensions of three types; docs/FORMAT.md has the table.
 *
 *     -1  timestamp   MessagePack's own: a valid date
 *      1  sign        one byte: a value that MessagePack lacks, or, in front of an array, what the array stands for
 *      2  bigint      two's complement, the highest byte first, in as few bytes as it needs
 *      3  text        with lone surrogates, which UTF-8 cannot carry: UTF-16, the high byte first
 */
export const EXTENSION: { readonly sign: 1; readonly bigint: 2; readonly text: 3 } = {
  sign: 1,
  bigint: 2,
  text: 3,
};

export const SIGN: {
  readonly undefined: 0;
  readonly negativeZero: 1;
  readonly invalidDate: 2;
  /** The array goes on with key, value, key, value. */
  readonly map: 3;
  /** The array goes on with the values. */
  readonly set: 4;
  /** As a map, of the fields of an object: written where a name has a lone surrogate. */
  readonly object: 5;
} = { undefined: 0, negativeZero: 1, invalidDate: 2, map: 3, set: 4, object: 5 };

export function bytesOfBigint(value: bigint): Uint8Array {
  const isNegative = value < 0n;
  const digits = (isNegative ? ~value : value).toString(16);
  const padded = digits.length % 2 === 1 ? `0${digits}` : digits;
  // The highest bit is the sign: where the magnitude has it, a byte more is needed.
  const hex = padded >= '8' ? `00${padded}` : padded;
  const bytes = new Uint8Array(hex.length / 2);
  for (let i = 0; i < bytes.length; i++) {
    const byte = Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16);
    bytes[i] = isNegative ? ~byte : byte;
  }
  return bytes;
}

/** `bytes` has one at least. */
export function bigintOfBytes(bytes: Uint8Array): bigint {
  let hex = '0x';
  for (const byte of bytes) hex += byte.toString(16).padStart(2, '0');
  return BigInt.asIntN(8 * bytes.length, BigInt(hex));
}

export function bytesOfUnits(text: string): Uint8Array {
  const bytes = new Uint8Array(2 * text.length);
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    bytes[2 * i] = unit >> 8;
    bytes[2 * i + 1] = unit & 0xff;
  }
  return bytes;
}

/** `bytes` are even in number. */
export function unitsOfBytes(bytes: Uint8Array): string {
  let text = '';
  for (let i = 0; i < bytes.length; i += 2)
    text += String.fromCharCode(((bytes[i] as number) << 8) | (bytes[i + 1] as number));
  return text;
}
