/**
 * Bytes as text, for a medium that takes text only and counts its UTF-16 units, as Web Storage does in all browsers: 15
 * bits in each, which are letters from U+2000 to U+9FFF, so that the text is well-formed. After a mark comes a digit: by
 * how many bytes the letters could hold more than they do, 0 or 1.
 */
export const MARK = 'isokv1:';
const FIRST = 0x2000;
const BITS = 15;

/** So many letters are turned into text at once: all at once would be too many arguments of a function. */
const LETTERS_AT_ONCE = 8192;

export function toText(bytes: Uint8Array): string {
  const letters = repack(bytes, 8, new Uint16Array(Math.ceil((bytes.length * 8) / BITS)), BITS);
  let text = `${MARK}${bytesIn(letters.length) - bytes.length}`;
  for (let start = 0; start < letters.length; start += LETTERS_AT_ONCE) {
    const some = letters.subarray(start, start + LETTERS_AT_ONCE);
    text += String.fromCharCode(...some.map((letter) => FIRST + letter));
  }
  return text;
}

/** @returns undefined for what `toText` has not written */
export function fromText(text: string): Uint8Array<ArrayBuffer> | undefined {
  if (!/^isokv1:[01][\u2000-\u9fff]*$/.test(text)) return undefined;
  const start = MARK.length + 1;
  const letters = new Uint16Array(text.length - start);
  for (let at = 0; at < letters.length; at++) letters[at] = text.charCodeAt(start + at) - FIRST;
  const length = bytesIn(letters.length) - Number(text[MARK.length]);
  return length < 0 ? undefined : repack(letters, BITS, new Uint8Array(length), 8);
}

/** Fills `into` with the bits of `from`; what there is no place for is spare. */
function repack<T extends Uint8Array | Uint16Array>(
  from: Uint8Array | Uint16Array,
  fromBits: number,
  into: T,
  intoBits: number,
): T {
  let waiting = 0;
  let bits = 0;
  let at = 0;
  for (const unit of from) {
    waiting = (waiting << fromBits) | unit;
    bits += fromBits;
    while (bits >= intoBits) {
      bits -= intoBits;
      into[at++] = waiting >> bits;
      waiting &= (1 << bits) - 1;
    }
  }
  into[at] = waiting << (intoBits - bits);
  return into;
}

function bytesIn(letters: number): number {
  return Math.floor((letters * BITS) / 8);
}
