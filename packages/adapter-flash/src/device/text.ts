/**
 * Text. A string of the device face is a byte string, on every engine: one character for each byte of its UTF-8, as
 * Espruino has it in builds without Unicode. So 'é' is '\xc3\xa9'; ASCII is as it is everywhere.
 */

/** Whether the characters of a string are the bytes of well-formed UTF-8, which is what text of the format must be. */
export function isText(text: string): boolean {
  // How many bytes of a character are to come, and the least and the most that the next one may be.
  var more = 0;
  var low = 0;
  var high = 0;
  for (var i = 0; i < text.length; i++) {
    var code = text.charCodeAt(i);
    if (more ? code < low || code > high : code > 127 && (code < 0xc2 || code > 0xf4)) return false;
    if (more) more--;
    else more = code < 128 ? 0 : code < 0xe0 ? 1 : code < 0xf0 ? 2 : 3;
    // Nothing longer than it need be, no surrogates, nothing above U+10FFFF.
    low = code === 0xe0 ? 160 : code === 0xf0 ? 144 : 128;
    high = code === 0xed ? 159 : code === 0xf4 ? 143 : 191;
  }
  return !more;
}

/** The bytes from `start` to `end` as a string. */
export function readText(bytes: Uint8Array, start: number, end: number): string {
  var text = '';
  while (start < end) text += String.fromCharCode(bytes[start++]!);
  return text;
}
