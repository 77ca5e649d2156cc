import { decodeUtf8 } from './utf8.ts';

/** Decoding so many bytes at once costs little more than decoding one short text. */
const AHEAD_BYTES = 1024;
/** Longer texts gain nothing by it. */
const MAX_TEXT_BYTES = AHEAD_BYTES / 4;

// A piece may begin and end anywhere, so what is not well-formed comes out as U+FFFD.
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/**
 * Decodes texts that lie near one another, a piece of their bytes at a time, as a scan meets them. A text may
 * share the memory of its piece, so that who keeps one keeps up to 1 KiB.
 */
export class TextAhead {
  #bytes: Uint8Array | undefined;
  #start = 0;
  #end = 0;
  /** Empty when the piece is not ASCII. */
  #text = '';

  /** As `decodeUtf8`. @throws CORRUPT */
  decode(bytes: Uint8Array, start: number, end: number): string {
    if (end - start > MAX_TEXT_BYTES) return decodeUtf8(bytes, start, end);
    if (bytes !== this.#bytes || start < this.#start || end > this.#end) this.#take(bytes, start);
    if (this.#text === '') return decodeUtf8(bytes, start, end);
    return this.#text.substring(start - this.#start, end - this.#start);
  }

  #take(bytes: Uint8Array, start: number): void {
    // A scan that goes backwards goes on with the value of this key, and then with the texts before.
    const isBackwards = bytes === this.#bytes && start < this.#start;
    this.#bytes = bytes;
    this.#start = isBackwards ? Math.max(0, start - AHEAD_BYTES / 2) : start;
    this.#end = Math.min(bytes.length, this.#start + AHEAD_BYTES);
    const text = decoder.decode(bytes.subarray(this.#start, this.#end));
    // Of well-formed UTF-8 only ASCII has as many characters as bytes.
    const isAscii = text.length === this.#end - this.#start && !text.includes('\ufffd');
    this.#text = isAscii ? text : '';
  }
}
