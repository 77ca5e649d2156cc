import { afterPrefix, compareKeys } from '../bytes/order.ts';
import { isWellFormed } from '../codec/values.ts';
import { IsokvError } from '../errors.ts';

/** Which keys to go over, and how: `{ prefix: 'user:', reverse: true, limit: 10 }`. All bounds that are given hold together. */
export interface Range<K = string> {
  /** Keys that begin with this. */
  readonly prefix?: K;
  /** Keys after this one. */
  readonly gt?: K;
  /** This key, and those after it. */
  readonly gte?: K;
  /** Keys before this one. */
  readonly lt?: K;
  /** This key, and those before it. */
  readonly lte?: K;
  /** From the last key to the first. */
  readonly reverse?: boolean;
  /** At most so many entries. */
  readonly limit?: number;
}

/** A range as two ends; an end that is undefined is open. */
export interface Bounds {
  readonly low: string | undefined;
  /** Whether `low` itself is left out. */
  readonly lowOpen: boolean;
  readonly high: string | undefined;
  readonly highOpen: boolean;
  readonly reverse: boolean;
  readonly limit: number;
}

export const EVERYTHING: Bounds = {
  low: undefined,
  lowOpen: false,
  high: undefined,
  highOpen: false,
  reverse: false,
  limit: Infinity,
};

const FIELDS = ['prefix', 'gt', 'gte', 'lt', 'lte', 'reverse', 'limit'];

/** @throws INVALID_RANGE */
export function boundsOf(range: Range | undefined): Bounds {
  if (range === undefined) return EVERYTHING;
  if (typeof range !== 'object' || range === null) refuse('a range is an object');
  for (const field of Object.keys(range)) if (!FIELDS.includes(field)) refuse(`a range has no ${field}`);
  const { prefix, gt, gte, lt, lte, reverse = false, limit = Infinity } = range;
  for (const bound of [prefix, gt, gte, lt, lte]) {
    if (bound !== undefined && !(typeof bound === 'string' && isWellFormed(bound)))
      refuse('the bounds of a range are keys');
  }
  if (typeof reverse !== 'boolean') refuse('reverse is true or false');
  if (!(Number.isInteger(limit) || limit === Infinity) || limit < 0)
    refuse('limit must be a whole number, 0 or more');
  let low = gte;
  let lowOpen = false;
  if (prefix !== undefined && (low === undefined || compareKeys(prefix, low) > 0)) low = prefix;
  if (gt !== undefined && (low === undefined || compareKeys(gt, low) >= 0)) {
    low = gt;
    lowOpen = true;
  }
  let high = lte;
  let highOpen = false;
  const end = prefix === undefined ? undefined : afterPrefix(prefix);
  for (const bound of [lt, end]) {
    if (bound !== undefined && (high === undefined || compareKeys(bound, high) <= 0)) {
      high = bound;
      highOpen = true;
    }
  }
  return { low, lowOpen, high, highOpen, reverse, limit };
}

export function isWithin(key: string, { low, lowOpen, high, highOpen }: Bounds): boolean {
  const toLow = low === undefined ? 1 : compareKeys(key, low);
  const toHigh = high === undefined ? -1 : compareKeys(key, high);
  return (toLow > 0 || (toLow === 0 && !lowOpen)) && (toHigh < 0 || (toHigh === 0 && !highOpen));
}

/** The bounds that are left of `bounds` once `key` has been passed. */
export function boundsAfter(key: string, bounds: Bounds): Bounds {
  return bounds.reverse ? { ...bounds, high: key, highOpen: true } : { ...bounds, low: key, lowOpen: true };
}

function refuse(why: string): never {
  throw new IsokvError('INVALID_RANGE', `${why}; a range is {${FIELDS.join(', ')}}`);
}
