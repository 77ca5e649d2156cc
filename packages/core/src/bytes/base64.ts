/** Base64 (RFC 4648, section 4), by hand: `btoa` takes strings, and not every runtime has it. */
import { decodeUtf8 } from './utf8.ts';

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

export function toBase64(bytes: Uint8Array): string {
  const text = new Uint8Array(Math.ceil(bytes.length / 3) * 4).fill(0x3d); // =
  for (let i = 0; i * 6 < bytes.length * 8; i++) {
    const at = (i * 3) >> 2;
    // Past the end there is `undefined`, which counts as 0 here.
    const two = ((bytes[at] as number) << 8) | (bytes[at + 1] as number);
    text[i] = DIGITS.charCodeAt((two >> (10 - ((i * 6) % 8))) & 63);
  }
  return decodeUtf8(text, 0, text.length);
}

/** @returns `undefined` for what `toBase64` would not have written, such as text without its padding */
export function fromBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  const digits = text.split('=', 1)[0] as string;
  const bytes = new Uint8Array((digits.length * 3) >> 2);
  for (let i = 0; i < bytes.length; i++) {
    const at = Math.floor((i * 4) / 3);
    const two = (DIGITS.indexOf(text[at] as string) << 6) | DIGITS.indexOf(text[at + 1] as string);
    bytes[i] = two >> (4 - ((i * 8) % 6));
  }
  return toBase64(bytes) === text ? bytes : undefined;
}
