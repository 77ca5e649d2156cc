/** Text beyond ASCII, as byte strings: see text.ts. */
import { scripts } from './scripts.ts';

/** Whether the characters of a string are the bytes of well-formed UTF-8, which is what text of the format must be. */
export function isUtf8(text: string): boolean {
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

/** Lets stores take keys and text beyond ASCII. `isokv`: what the core script exports. */
export function addTo(_isokv: unknown): void {
  scripts._isUtf8 = isUtf8;
}
