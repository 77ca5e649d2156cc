import { IsokvError } from '../errors.ts';
import { FIRST_USER_TAG, TAG } from '../format/change.ts';

/** Value <-> bytes, for values that JSON cannot carry exactly. */
export interface Codec<T = unknown> {
  /** What messages call it. */
  readonly name: string;
  /** Written before each of its values, so that a store may hold several kinds: 16 to 255, never to change. */
  readonly tag: number;
  /** Whether it is the one to store this value, asked of the store's codecs in order, for objects and bigints. */
  accepts(value: unknown): value is T;
  /** @throws INVALID_VALUE, naming the path, for what it cannot store exactly */
  encode(value: T): Uint8Array;
  /**
   * Makes a value of its own. Plain data is frozen, and all reads share it until the next write, as they do objects
   * that the codec itself has frozen; anything else could be changed by who reads it, and is made anew for each read.
   * @throws CORRUPT
   */
  decode(bytes: Uint8Array): T;
}

/** Checks a codec and gives it back, so that mistakes show where it is made. @throws INVALID_OPTION */
export function defineCodec<T>(codec: Codec<T>): Codec<T> {
  checkCodec(codec);
  return Object.freeze(codec);
}

/** @throws INVALID_OPTION for what is no codec, or has the tag of another kind of value: as that it would be read */
export function checkCodec(codec: object): void {
  const { name, tag = 0, accepts, encode, decode } = (codec ?? {}) as Partial<Codec>;
  const isTag = tag === TAG.msgpack || (tag === (tag & 255) && tag >= FIRST_USER_TAG);
  if (isTag && accepts && encode && decode) return;
  const why = `codec ${name} needs accepts, encode, decode and a tag from ${FIRST_USER_TAG} to 255`;
  throw new IsokvError('INVALID_OPTION', why);
}
