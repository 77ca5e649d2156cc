import { writeUtf8 } from './utf8.ts';

/** Small writes are cut from slabs of this size, so that a commit of one entry allocates no buffer of its own. */
const SLAB_BYTES = 64 * 1024;

/** Appends little-endian figures, varints and text to a growing buffer; `take()` cuts off what was written. */
export class Writer {
  /** The buffer being filled. It changes when it grows: never keep it across a write. */
  bytes: Uint8Array<ArrayBuffer>;
  /** Where the next byte goes. */
  position = 0;
  /** Where what has not been taken yet begins. */
  start = 0;

  constructor(capacity: number = SLAB_BYTES) {
    this.bytes = new Uint8Array(capacity);
  }

  /** Bytes written since the last `take()`. */
  get length(): number {
    return this.position - this.start;
  }

  u8(byte: number): void {
    if (this.position === this.bytes.length) this.reserve(1);
    this.bytes[this.position++] = byte;
  }

  u32(figure: number): void {
    this.reserve(4);
    putU32(this.bytes, this.position, figure);
    this.position += 4;
  }

  /** An unsigned integer up to 2^53 - 1, seven bits a byte, lowest first (LEB128). */
  varint(figure: number): void {
    this.reserve(8);
    let rest = figure;
    while (rest > 0x7f) {
      this.bytes[this.position++] = (rest % 128) | 0x80;
      rest = rest > 0x7fffffff ? Math.floor(rest / 128) : rest >>> 7;
    }
    this.bytes[this.position++] = rest;
  }

  float64(figure: number): void {
    this.reserve(8);
    new DataView(this.bytes.buffer).setFloat64(this.position, figure, true);
    this.position += 8;
  }

  /** Bytes as they are, with no length before them. */
  raw(bytes: Uint8Array): void {
    this.reserve(bytes.length);
    this.bytes.set(bytes, this.position);
    this.position += bytes.length;
  }

  /** A varint with the number of bytes, then the bytes. */
  sized(bytes: Uint8Array): void {
    this.varint(bytes.length);
    this.raw(bytes);
  }

  /** A varint with the number of UTF-8 bytes, then those bytes. */
  text(text: string): void {
    this.reserve(text.length * 3 + 8); // Also for what the varint reserves: the buffer must not grow after this.
    const at = this.position;
    // The length is known after writing only: leave room for the shortest it can be, and move if that was not enough.
    const guess = varintLength(text.length);
    const written = writeUtf8(text, this.bytes, at + guess);
    const needed = varintLength(written);
    if (needed > guess) this.bytes.copyWithin(at + needed, at + guess, at + guess + written);
    this.varint(written);
    this.position = at + needed + written;
  }

  /** Makes room for `count` more bytes. */
  reserve(count: number): void {
    if (this.position + count <= this.bytes.length) return;
    const length = this.length;
    const grown = new Uint8Array(Math.max(SLAB_BYTES, (length + count) * 2));
    grown.set(this.bytes.subarray(this.start, this.position));
    this.bytes = grown;
    this.start = 0;
    this.position = length;
  }

  /** What was written since the last `take()`, as a view that nothing written later will touch. */
  take(): Uint8Array<ArrayBuffer> {
    const taken = this.bytes.subarray(this.start, this.position);
    this.start = this.position;
    return taken;
  }

  /** Forgets what was written since `length` was what is given here. */
  rewind(length: number): void {
    this.position = this.start + length;
  }
}

export function varintLength(figure: number): number {
  let length = 1;
  for (let rest = figure; rest > 0x7f; rest = Math.floor(rest / 128)) length++;
  return length;
}

export function putU32(bytes: Uint8Array, at: number, figure: number): void {
  bytes[at] = figure;
  bytes[at + 1] = figure >>> 8;
  bytes[at + 2] = figure >>> 16;
  bytes[at + 3] = figure >>> 24;
}

export function getU32(bytes: Uint8Array, at: number): number {
  return (
    ((bytes[at] as number) |
      ((bytes[at + 1] as number) << 8) |
      ((bytes[at + 2] as number) << 16) |
      ((bytes[at + 3] as number) << 24)) >>>
    0
  );
}
