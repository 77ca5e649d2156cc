import type { Block } from '../format/block.ts';
import { PUT, TAG } from '../format/change.ts';
import type { Page } from './cursor.ts';
import { cellOf, type Slot } from './slot.ts';

/** Decoding so many bytes at once costs little more than decoding one short text. */
const PIECE_BYTES = 2048;

/** Lengths below this are one byte, which ASCII has too. */
const SHORT = 0x80;

// A piece may begin and end anywhere, so what is not well-formed comes out as U+FFFD.
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/**
 * A block as a scan meets it. Where short texts are to come decoded, its bytes are decoded a piece at a time, and
 * keys and texts cut from that: they may share its memory, so that who keeps one keeps up to 2 KiB.
 */
export class BlockPage implements Page {
  readonly #block: Block;
  readonly #decoded: boolean;
  #start = 0;
  #end = 0;
  /** The bytes from `#start` to `#end`; empty when they are not ASCII. */
  #piece = '';

  constructor(block: Block, decoded: boolean) {
    this.#block = block;
    this.#decoded = decoded;
  }

  key(index: number): string {
    return this.#cut(index, true) ?? this.#block.entry(index).key;
  }

  slot(index: number): Slot {
    return this.#cut(index, false) ?? cellOf(this.#block.entry(index, false));
  }

  /**
   * The key or the text of an entry that has both, short ones. The key of another value is a string of its own: it may
   * be kept in a map, with the value.
   */
  #cut(index: number, isKey: boolean): string | undefined {
    const { bytes } = this.#block;
    const at = this.#block.startOf(index);
    const key = at + 2;
    const tag = key + (bytes[at + 1] as number);
    const text = tag + 2;
    const end = text + (bytes[tag + 1] as number);
    const isText = this.#decoded && bytes[at] === PUT && bytes[tag] === TAG.utf8;
    if (!isText || tag - key >= SHORT || end - text >= SHORT) return undefined;
    if (at < this.#start || end > this.#end) this.#take(at, end);
    if (this.#piece === '' || end > this.#end) return undefined;
    return this.#piece.substring((isKey ? key : text) - this.#start, (isKey ? tag : end) - this.#start);
  }

  #take(at: number, end: number): void {
    const { bytes } = this.#block;
    // A scan that goes backwards goes on with the entries before.
    this.#start = at < this.#start ? Math.max(0, end - PIECE_BYTES) : at;
    this.#end = Math.min(bytes.length, this.#start + PIECE_BYTES);
    const piece = decoder.decode(bytes.subarray(this.#start, this.#end));
    // Of well-formed UTF-8 only ASCII has as many characters as bytes.
    const isAscii = piece.length === this.#end - this.#start && !piece.includes('\ufffd');
    this.#piece = isAscii ? piece : '';
  }
}
