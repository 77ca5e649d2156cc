/**
 * Puts a map in the order of its keys: a radix sort of their bytes, in arrays of numbers, so that the garbage
 * collector has nothing to follow and nothing to move while a million keys are sorted.
 */
import { compareKeys } from '../bytes/order.ts';
import { writeUtf8 } from '../bytes/utf8.ts';
import { Writer } from '../bytes/writer.ts';

/** Keys that are gone through without a pause: well under a millisecond. */
const KEYS_PER_PAUSE = 4096;

/** So few keys are rather compared with one another. */
const FEW_KEYS = 16;

/** What is left to sort: from where, to where, and how many bytes its keys have in common. */
type Range = readonly [low: number, high: number, depth: number];

export interface Sorted<T> {
  readonly keys: string[];
  readonly values: T[];
}

/** Yields where it may be paused, if nobody changes the map meanwhile. */
export function* sort<T>(map: ReadonlyMap<string, T>): Generator<void, Sorted<T>> {
  const { size } = map;
  const keys = new Array<string>(size);
  yield; // A large array takes its time.
  const values = new Array<T>(size);
  yield;
  const starts = new Uint32Array(size + 1);
  const order = new Uint32Array(size);
  const writer = new Writer();
  let count = 0;
  for (const [key, value] of map) {
    keys[count] = key;
    values[count] = value;
    order[count] = count;
    writer.reserve(key.length * 3);
    writer.position += writeUtf8(key, writer.bytes, writer.position);
    starts[++count] = writer.length;
    if (count % KEYS_PER_PAUSE === 0) yield;
  }
  yield* sortBytes(order, keys, writer.take(), starts);
  return { keys: yield* inOrder(order, keys), values: yield* inOrder(order, values) };
}

function* inOrder<T>(order: Uint32Array, from: readonly T[]): Generator<void, T[]> {
  const sorted = new Array<T>(order.length);
  for (let at = 0; at < order.length; at++) {
    if (at % KEYS_PER_PAUSE === 0) yield;
    sorted[at] = from[order[at] as number] as T;
  }
  return sorted;
}

/** Sorts the indices in `order` by the keys, of which `bytes` has each from its start to the next. */
function* sortBytes(
  order: Uint32Array,
  keys: readonly string[],
  bytes: Uint8Array,
  starts: Uint32Array,
): Generator<void> {
  const spare = new Uint32Array(order.length);
  /** How many keys have a digit; then where the next of them goes. */
  const places = new Uint32Array(257);
  const ranges: Range[] = [[0, order.length, 0]];
  for (let range = ranges.pop(); range; range = ranges.pop()) {
    const [low, high, depth] = range;
    if (high - low <= FEW_KEYS) {
      order.subarray(low, high).sort((a, b) => compareKeys(keys[a] as string, keys[b] as string));
      continue;
    }
    yield;
    places.fill(0);
    for (let at = low; at < high; at++) {
      (places[digitOf(order[at] as number, depth, bytes, starts)] as number)++;
      if (at % KEYS_PER_PAUSE === 0) yield;
    }
    let end = low;
    for (let digit = 0; digit < places.length; digit++) {
      const begin = end;
      end += places[digit] as number;
      places[digit] = begin;
      if (digit > 0 && end - begin > 1) ranges.push([begin, end, depth + 1]);
    }
    for (let at = low; at < high; at++) {
      const index = order[at] as number;
      spare[(places[digitOf(index, depth, bytes, starts)] as number)++] = index;
      if (at % KEYS_PER_PAUSE === 0) yield;
    }
    order.set(spare.subarray(low, high), low);
  }
}

/** What a key has after `depth` bytes: 0 is its end, which comes before every byte. */
function digitOf(index: number, depth: number, bytes: Uint8Array, starts: Uint32Array): number {
  const at = (starts[index] as number) + depth;
  return at < (starts[index + 1] as number) ? (bytes[at] as number) + 1 : 0;
}
