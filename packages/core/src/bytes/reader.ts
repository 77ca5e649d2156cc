import { corrupt, type IsokvError } from '../errors.ts';
import { decodeUtf8 } from './utf8.ts';
import { getU32 } from './writer.ts';

/** Reads what a `Writer` wrote. Every read is checked against the end: bytes that lie raise CORRUPT. */
export class Reader {
  bytes: Uint8Array;
  position: number;
  readonly end: number;

  constructor(bytes: Uint8Array, position = 0, end: number = bytes.length) {
    this.bytes = bytes;
    this.position = position;
    this.end = end;
  }

  get done(): boolean {
    return this.position >= this.end;
  }

  u8(): number {
    if (this.position >= this.end) throw cutShort();
    return this.bytes[this.position++] as number;
  }

  u32(): number {
    return getU32(this.bytes, this.skip(4));
  }

  varint(): number {
    let figure = this.u8();
    if (figure < 0x80) return figure;
    figure &= 0x7f;
    for (let scale = 128; scale < 2 ** 53; scale *= 128) {
      const byte = this.u8();
      figure += (byte & 0x7f) * scale;
      if (byte < 0x80) {
        if (figure > Number.MAX_SAFE_INTEGER || byte === 0) break;
        return figure;
      }
    }
    throw corrupt('a varint that is too long');
  }

  float64(): number {
    const at = this.skip(8);
    return new DataView(this.bytes.buffer, this.bytes.byteOffset + at, 8).getFloat64(0, true);
  }

  text(): string {
    const length = this.varint();
    const at = this.skip(length);
    return decodeUtf8(this.bytes, at, at + length);
  }

  /** Passes over `count` bytes. @returns where they begin */
  skip(count: number): number {
    const at = this.position;
    if (count > this.end - at) throw cutShort();
    this.position = at + count;
    return at;
  }
}

function cutShort(): IsokvError {
  return corrupt('a field that reaches past the end');
}
