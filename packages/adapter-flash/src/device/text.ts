/**
 * Text. A string of the device face is a byte string, on every engine: one character for each byte of its UTF-8, as
 * Espruino has it in builds without Unicode. So 'é' is '\xc3\xa9'; ASCII is as it is everywhere.
 */
/** The bytes from `start` to `end` as a string. */
export function readText(bytes: Uint8Array, start: number, end: number): string {
  var text = '';
  while (start < end) text += String.fromCharCode(bytes[start++]!);
  return text;
}
