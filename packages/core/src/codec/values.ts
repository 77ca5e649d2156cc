/** Values to bytes and back: the built-in kinds, and the codecs of the user beside them. */
import { isBytes } from '../bytes/is-bytes.ts';
import { Reader } from '../bytes/reader.ts';
import { decodeUtf8 } from '../bytes/utf8.ts';
import { varintLength, type Writer } from '../bytes/writer.ts';
import { corrupt, IsokvError } from '../errors.ts';
import { TAG } from '../format/change.ts';
import { type Codec, checkCodec } from './codec.ts';
import { parseFrozen, stringifyExactly } from './json.ts';
import { deepFreeze } from './plain.ts';

/** What a store keeps as it is, without a cell around it. */
export type Primitive = string | number | boolean;

export function isPlain(value: unknown): value is Primitive {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

/** Whether values of this tag are primitives, or null. */
export function isPrimitiveTag(tag: number): boolean {
  return tag === TAG.utf8 || (tag >= TAG.float64 && tag <= TAG.null);
}

export class ValueCodecs {
  readonly #codecs: readonly Codec[];

  constructor(codecs: readonly Codec[] = []) {
    codecs.forEach(checkCodec);
    if (new Set(codecs.map((codec) => codec.tag)).size < codecs.length)
      throw new IsokvError('INVALID_OPTION', 'two codecs have the same tag');
    this.#codecs = codecs;
  }

  /** These codecs and one more. */
  with(codec: Codec): ValueCodecs {
    return this.#codecs.includes(codec) ? this : new ValueCodecs([...this.#codecs, codec]);
  }

  /**
   * Writes a value: its tag, its length and its bytes. `codec` is to be used for whatever the value is.
   * @returns what `read` would make of that, though not frozen; undefined when only the bytes tell
   * @throws INVALID_VALUE with the path of what cannot be stored; nothing of the value has been written then
   */
  write(writer: Writer, value: unknown, codec?: Codec): unknown {
    if (codec && value !== undefined) return writeWith(writer, value, codec);
    if ((typeof value === 'object' && value !== null) || typeof value === 'bigint')
      return this.#writeObject(writer, value);
    writePrimitive(writer, value);
    return value;
  }

  /** @returns a value of its own, frozen as far as it is plain data. @throws CORRUPT, UNKNOWN_CODEC */
  read(tag: number, bytes: Uint8Array, start: number, end: number): unknown {
    switch (tag) {
      case TAG.utf8:
        return decodeUtf8(bytes, start, end);
      case TAG.int:
        return readInt(bytes, start, end);
      case TAG.float64:
        return readWhole(new Reader(bytes, start, end), (reader) => reader.float64());
      case TAG.true:
        return true;
      case TAG.false:
        return false;
      case TAG.null:
        return null;
      case TAG.bytes:
        return bytes.slice(start, end);
      case TAG.json:
        return parseJson(decodeUtf8(bytes, start, end));
    }
    const codec = this.#codecs.find((candidate) => candidate.tag === tag);
    if (!codec) {
      const name = tag === TAG.msgpack ? 'MessagePack (@isokv/codec-msgpack)' : `tag ${tag}`;
      throw new IsokvError(
        'UNKNOWN_CODEC',
        `a value needs the codec of ${name}: pass it in the option codecs`,
      );
    }
    return deepFreeze(codec.decode(bytes.slice(start, end)));
  }

  #writeObject(writer: Writer, value: object | bigint): unknown {
    const codec = this.#codecs.find((candidate) => candidate.accepts(value));
    if (codec) return writeWith(writer, value, codec);
    if (isBytes(value)) return writeBytes(writer, TAG.bytes, value);
    const { text, copy } = stringifyExactly(value);
    writer.u8(TAG.json);
    writer.text(text);
    return copy;
  }
}

/** Writes a value that is encoded already. */
export function writeBytes(writer: Writer, tag: number, bytes: Uint8Array): void {
  writer.u8(tag);
  writer.sized(bytes);
}

/** Where the bytes of a value begin, of which the tag is at `at`. */
export function skipHead(bytes: Uint8Array, at: number): number {
  let start = at + 1;
  while ((bytes[start] as number) > 0x7f) start++;
  return start + 1;
}

function writeWith(writer: Writer, value: unknown, codec: Codec): void {
  const bytes: unknown = codec.encode(value);
  if (!isBytes(bytes)) throw new IsokvError('INVALID_VALUE', `codec ${codec.name} gave no bytes`);
  writeBytes(writer, codec.tag, bytes);
}

function writePrimitive(writer: Writer, value: unknown): void {
  if (typeof value === 'string') {
    const wellFormed = isWellFormed(value);
    writer.u8(wellFormed ? TAG.utf8 : TAG.json);
    writer.text(wellFormed ? value : JSON.stringify(value)); // JSON escapes the lone surrogates that UTF-8 cannot carry.
  } else if (typeof value === 'number') {
    if (Number.isSafeInteger(value) && !Object.is(value, -0)) writeInt(writer, value);
    else writeFloat(writer, value);
  } else if (typeof value === 'boolean' || value === null) {
    writer.u8(value === null ? TAG.null : value ? TAG.true : TAG.false);
    writer.u8(0);
  } else {
    stringifyExactly(value); // It says why that cannot be stored.
  }
}

function writeFloat(writer: Writer, value: number): void {
  writer.u8(TAG.float64);
  writer.u8(8);
  writer.float64(value);
}

/** The sign, then the magnitude as a varint: -1 is 01 01, 1 is 00 01. */
function writeInt(writer: Writer, value: number): void {
  const magnitude = Math.abs(value);
  writer.u8(TAG.int);
  writer.u8(1 + varintLength(magnitude));
  writer.u8(value < 0 ? 1 : 0);
  writer.varint(magnitude);
}

function readInt(bytes: Uint8Array, start: number, end: number): number {
  return readWhole(new Reader(bytes, start, end), (reader) => {
    const sign = reader.u8();
    const magnitude = reader.varint();
    if (sign > 1 || (sign === 1 && magnitude === 0)) throw corrupt(UNDECODABLE);
    return sign === 0 ? magnitude : -magnitude;
  });
}

function readWhole<T>(reader: Reader, read: (reader: Reader) => T): T {
  const value = read(reader);
  if (!reader.done) throw corrupt(UNDECODABLE);
  return value;
}

function parseJson(text: string): unknown {
  try {
    return parseFrozen(text);
  } catch (cause) {
    throw new IsokvError('CORRUPT', UNDECODABLE, { cause });
  }
}

const UNDECODABLE = 'a value that does not decode';

const LONE_SURROGATE = /\p{Surrogate}/u;
/** The runtime's own check (ES2024), constant time for the strings that most are. */
const native = (String.prototype as { isWellFormed?: () => boolean }).isWellFormed;

/** Whether a string has no lone surrogate, and so can be written as UTF-8. */
export function isWellFormed(text: string): boolean {
  return native ? native.call(text) : !LONE_SURROGATE.test(text);
}
