import { encodeUtf8 } from '../bytes/utf8.ts';
import { isWellFormed } from '../codec/values.ts';
import { IsokvError } from '../errors.ts';
import { MAX_KEY_BYTES } from '../format/change.ts';

/** @returns the key. @throws INVALID_KEY unless it is a well-formed string of at most 64 KiB of UTF-8 */
export function checkKey(key: unknown): string {
  const text = checkText('INVALID_KEY', 'a key', key);
  // No character takes more than three bytes a unit, so most keys need not be measured.
  const bytes = text.length * 3 <= MAX_KEY_BYTES ? 0 : encodeUtf8(text).length;
  if (bytes > MAX_KEY_BYTES)
    throw new IsokvError('INVALID_KEY', `a key may have ${MAX_KEY_BYTES} bytes of UTF-8, not ${bytes}`);
  return text;
}

/** @returns the name of a namespace. @throws INVALID_OPTION unless it is a well-formed string */
export function checkName(name: unknown): string {
  return checkText('INVALID_OPTION', 'the name of a namespace', name);
}

function checkText(code: 'INVALID_KEY' | 'INVALID_OPTION', what: string, text: unknown): string {
  if (typeof text === 'string' && isWellFormed(text)) return text;
  const found = typeof text === 'string' ? 'one with half of a surrogate pair' : typeof text;
  throw new IsokvError(code, `${what} must be a well-formed string, not ${text === null ? null : found}`);
}
