import type { Block } from '../format/block.ts';
import { PUT, TAG } from '../format/change.ts';
import type { Entries, Wanted } from './cursor.ts';
import { cellOf, type Slot } from './slot.ts';

/** More bytes than this are not decoded at once, for the sake of who keeps a few of the texts. */
const MOST_BYTES = 8192;

// What is not a text, or not well-formed, comes out as U+FFFD, or as it happens to.
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/**
 * The entries of a block from index `low` to before `high`. Where values are wanted, short texts come as they are: all
 * bytes are decoded at once, and keys and texts cut from that. They may share its memory, so that who keeps one keeps up
 * to 8 KiB. The key of another value is a string of its own: it may be kept in a map, with the value.
 */
export function readBlock(block: Block, low: number, high: number, wanted: Wanted): Entries {
  const { bytes } = block;
  const start = block.startOf(low);
  const end = high < block.count ? block.startOf(high) : bytes.length;
  const text = wanted !== 'keys' && end - start <= MOST_BYTES ? decodeAscii(bytes.subarray(start, end)) : '';
  const keys = new Array<string | undefined>(high - low);
  const slots = new Array<Slot>(high - low);
  for (let index = low; index < high; index++) {
    const at = block.startOf(index);
    const tag = at + 2 + (bytes[at + 1] as number);
    const next = tag + 2 + (bytes[tag + 1] as number);
    const isText = text !== '' && bytes[at] === PUT && bytes[tag] === TAG.utf8;
    if (isText && at >= start && next <= end) {
      if (wanted === 'entries') keys[index - low] = text.substring(at + 2 - start, tag - start);
      slots[index - low] = text.substring(tag + 2 - start, next - start);
    } else {
      const entry = block.entry(index);
      keys[index - low] = entry.key;
      slots[index - low] = cellOf(entry);
    }
  }
  return { keys, slots, keyAt: (index) => keys[index] ?? block.entry(low + index).key };
}

/** Empty when the bytes are not ASCII: of well-formed UTF-8, only that has as many characters as bytes. */
function decodeAscii(bytes: Uint8Array): string {
  const text = decoder.decode(bytes);
  return text.length === bytes.length && !text.includes('\ufffd') ? text : '';
}
