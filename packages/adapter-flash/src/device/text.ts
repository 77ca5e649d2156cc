/**
 * Text. A string of the device face is a byte string, on every engine: one character for each byte of its UTF-8, as
 * Espruino has it in builds without Unicode. So 'é' is '\xc3\xa9'; ASCII is as it is everywhere.
 */

/** Whether the characters of a string are the bytes of well-formed UTF-8, which is what text of the format must be. */
export function isText(text: string): boolean {
  for (var i = 0; i < text.length; i++) {
    var code = text.charCodeAt(i);
    if (code < 128) continue;
    if (code < 0xc2 || code > 0xf4) return false;
    var more = code < 0xe0 ? 1 : code < 0xf0 ? 2 : 3;
    var least = more < 2 ? 128 : more < 3 ? 2048 : 65536;
    code &= 63 >> more;
    while (more--) {
      var next = text.charCodeAt(++i);
      if (next >> 6 !== 2) return false;
      code = code * 64 + (next & 63);
    }
    // Nothing longer than it need be, no surrogates, nothing above U+10FFFF.
    if (code < least || code > 0x10ffff || code >> 11 === 27) return false;
  }
  return true;
}

/** Writes the bytes of a string, or only counts them when there is no `out`. @returns the position after them */
export function writeText(out: Uint8Array | null, at: number, text: string): number {
  if (out) for (var i = 0; i < text.length; i++) out[at + i] = text.charCodeAt(i);
  return at + text.length;
}

/** The bytes from `start` to `end` as a string. */
export function readText(bytes: Uint8Array, start: number, end: number): string {
  var text = '';
  while (start < end) text += String.fromCharCode(bytes[start++]!);
  return text;
}
