/**
 * Key <-> string. The order of keys is that of their strings by code point (`compareKeys`), two keys have one
 * string only if they are the same key, and `decode(encode(key))` equals `key`. That a string is short enough
 * to be a key (64 KiB of UTF-8) is for the store to check.
 */
export interface KeyCodec<K> {
  readonly name: string;
  /** @throws INVALID_KEY for what is not such a key */
  encode(key: K): string;
  /** @throws CORRUPT for a string that `encode` does not make */
  decode(text: string): K;
  /**
   * What the strings of all keys that begin with `prefix`, and of no others, begin with. Absent where keys do
   * not begin with one another.
   * @throws INVALID_KEY for what is not such a key
   */
  encodePrefix?(prefix: K): string;
}
