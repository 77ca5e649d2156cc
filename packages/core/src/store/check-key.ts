import { encodeUtf8 } from '../bytes/utf8.ts';
import { isWellFormed } from '../codec/values.ts';
import { IsokvError } from '../errors.ts';
import { MAX_KEY_BYTES } from '../format/change.ts';

/** @returns the key. @throws INVALID_KEY unless it is a well-formed string of at most 64 KiB of UTF-8 */
export function checkKey(key: unknown): string {
  if (typeof key !== 'string')
    throw invalidKey(`a key must be a string, not ${key === null ? 'null' : typeof key}`);
  if (!isWellFormed(key)) throw invalidKey('a key must be well-formed: it has half of a surrogate pair');
  // No character takes more than three bytes a unit, so most keys need not be measured.
  const bytes = key.length * 3 <= MAX_KEY_BYTES ? 0 : encodeUtf8(key).length;
  if (bytes > MAX_KEY_BYTES)
    throw invalidKey(`a key may have ${MAX_KEY_BYTES} bytes of UTF-8; this one has ${bytes}`);
  return key;
}

function invalidKey(why: string): IsokvError {
  return new IsokvError('INVALID_KEY', why);
}
