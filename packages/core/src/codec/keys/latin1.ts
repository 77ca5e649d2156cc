import { corrupt } from '../../errors.ts';

/** One character, U+0000 to U+00FF, a byte: byte order becomes code point order. */
export function latin1FromBytes(bytes: Uint8Array): string {
  let text = '';
  for (let i = 0; i < bytes.length; i++) text += String.fromCharCode(bytes[i] as number);
  return text;
}

/** @throws CORRUPT when a character is none of these */
export function latin1ToBytes(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit > 0xff) throw corrupt(`the key ${JSON.stringify(text)} is not one that was made of bytes`);
    bytes[i] = unit;
  }
  return bytes;
}
