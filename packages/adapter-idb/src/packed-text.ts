/**
 * Bytes as text, for a medium that takes text only and counts its UTF-16 units, as Web Storage does in all browsers: 15
 * bits in each, which are letters from U+2000 to U+9FFF, so that the text is well-formed. After a mark comes a digit: by
 * how many bytes the letters could hold more than they do, 0 or 1.
 */
const MARK = 'isokv1:';
const FIRST = 0x2000;
const BITS = 15;

/** So many letters are turned into text at once: all at once would be too many arguments of a function. */
const LETTERS_AT_ONCE = 8192;

export function toText(bytes: Uint8Array): string {
  const letters = new Uint16Array(Math.ceil((bytes.length * 8) / BITS));
  let waiting = 0;
  let bits = 0;
  let at = 0;
  for (const byte of bytes) {
    waiting = (waiting << 8) | byte;
    bits += 8;
    if (bits >= BITS) {
      bits -= BITS;
      letters[at++] = FIRST + (waiting >> bits);
      waiting &= (1 << bits) - 1;
    }
  }
  if (bits > 0) letters[at] = FIRST + (waiting << (BITS - bits));
  const parts = [`${MARK}${bytesIn(letters.length) - bytes.length}`];
  for (let start = 0; start < letters.length; start += LETTERS_AT_ONCE) {
    parts.push(String.fromCharCode(...letters.subarray(start, start + LETTERS_AT_ONCE)));
  }
  return parts.join('');
}

/** @returns undefined for what `toText` has not written */
export function fromText(text: string): Uint8Array<ArrayBuffer> | undefined {
  const start = MARK.length + 1;
  const spare = text.charCodeAt(MARK.length) - 0x30;
  const length = bytesIn(text.length - start) - spare;
  if (!text.startsWith(MARK) || (spare !== 0 && spare !== 1) || length < 0) return undefined;
  const bytes = new Uint8Array(length);
  let waiting = 0;
  let bits = 0;
  let at = 0;
  for (let index = start; index < text.length; index++) {
    const letter = text.charCodeAt(index) - FIRST;
    if (letter < 0 || letter >= 1 << BITS) return undefined;
    waiting = (waiting << BITS) | letter;
    bits += BITS;
    while (bits >= 8) {
      bits -= 8;
      bytes[at++] = waiting >> bits; // The last one may be spare: then there is no place for it.
      waiting &= (1 << bits) - 1;
    }
  }
  return bytes;
}

function bytesIn(letters: number): number {
  return Math.floor((letters * BITS) / 8);
}
