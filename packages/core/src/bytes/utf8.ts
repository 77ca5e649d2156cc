/** UTF-8, with short cuts for the short ASCII strings that most keys are. */
import { corrupt } from '../errors.ts';

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Up to so many characters a loop beats the runtime's encoder. A call into a browser, where it is no script, costs more. */
const SHORT = String(TextEncoder).includes('[native code]') ? 160 : 32;
/** As many bytes, and its decoder. */
const SHORT_DECODED = 24;

/** The bytes of `text`; lone surrogates must have been refused before. */
export function encodeUtf8(text: string): Uint8Array<ArrayBuffer> {
  return encoder.encode(text);
}

/**
 * Writes `text` at `offset` of `target`, which must have room for three bytes a character.
 * @returns the number of bytes written
 */
export function writeUtf8(text: string, target: Uint8Array, offset: number): number {
  const length = text.length;
  if (length <= SHORT) {
    let i = 0;
    for (; i < length; i++) {
      const unit = text.charCodeAt(i);
      if (unit > 0x7f) break;
      target[offset + i] = unit;
    }
    if (i === length) return length;
  }
  return encoder.encodeInto(text, target.subarray(offset)).written;
}

/** @throws CORRUPT when the bytes are not well-formed UTF-8 */
export function decodeUtf8(bytes: Uint8Array, start: number, end: number): string {
  if (end - start <= SHORT_DECODED) {
    let text = '';
    let i = start;
    for (; i + 4 <= end; i += 4) {
      const a = bytes[i] as number;
      const b = bytes[i + 1] as number;
      const c = bytes[i + 2] as number;
      const d = bytes[i + 3] as number;
      if ((a | b | c | d) > 0x7f) break;
      text += String.fromCharCode(a, b, c, d);
    }
    for (; i < end; i++) {
      const unit = bytes[i] as number;
      if (unit > 0x7f) break;
      text += String.fromCharCode(unit);
    }
    if (i === end) return text;
  }
  try {
    return decoder.decode(bytes.subarray(start, end));
  } catch {
    throw corrupt('text that is not UTF-8');
  }
}

/** Below this many bytes a loop beats a call into the runtime's decoder where no text is needed. */
const SHORT_CHECK = 128;

/** @throws CORRUPT when the bytes are not well-formed UTF-8 */
export function checkUtf8(bytes: Uint8Array, start: number, end: number): void {
  let all = end - start < SHORT_CHECK ? 0 : 0x80;
  if (all === 0) for (let i = start; i < end; i++) all |= bytes[i] as number;
  if (all > 0x7f) decodeUtf8(bytes, start, end);
}
