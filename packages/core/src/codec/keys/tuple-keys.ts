/**
 * Tuples as keys: the elements' strings one after the other, each with a digit for its type first.
 *
 *     null     0        string   4 text U+0000
 *     false    1        bytes    5 one character a byte U+0000
 *     true     2
 *     number   3 hexadecimal digits U+0000 (see float-text.ts)
 *
 * U+0000 within text or bytes becomes U+0001 '0', and U+0001 becomes U+0001 '1'. So an element ends below any
 * character that could stand in the place of its end, and its string is never the start of another's.
 */
import { isBytes } from '../../bytes/is-bytes.ts';
import { corrupt, IsokvError } from '../../errors.ts';
import { floatFromText, floatToText } from './float-text.ts';
import type { KeyCodec } from './key-codec.ts';
import { latin1FromBytes, latin1ToBytes } from './latin1.ts';

export type TupleElement = null | boolean | number | string | Uint8Array;
export type Tuple = readonly TupleElement[];

const TYPE = { null: '0', false: '1', true: '2', number: '3', string: '4', bytes: '5' } as const;
const END = '\u0000';
const ESCAPE = '\u0001';

/**
 * Tuples of null, booleans, finite numbers, well-formed strings and bytes, compared element by element:
 * null < false < true < numbers < strings < bytes; numbers by value (-0 is 0), strings by code point. A tuple
 * comes before the longer ones that begin with it, which a `prefix` range finds: `{ prefix: ['DE'] }` finds
 * `['DE', 1]` and `['DE']`, not `['DEX']`.
 */
export const tupleKeys: KeyCodec<Tuple> = {
  name: 'tuple',
  encode(key) {
    if (!Array.isArray(key)) {
      throw new IsokvError('INVALID_KEY', 'this namespace has tuples as keys: give an array');
    }
    let text = '';
    for (let i = 0; i < key.length; i++) text += encodeElement(key[i], i);
    return text;
  },
  decode(text) {
    const key: TupleElement[] = [];
    for (let at = 0; at < text.length; ) {
      const type = text[at++];
      if (type === TYPE.null) key.push(null);
      else if (type === TYPE.false) key.push(false);
      else if (type === TYPE.true) key.push(true);
      else {
        const end = text.indexOf(END, at);
        if (end === -1) throw notTuple(text);
        key.push(decodeElement(type, text.slice(at, end), text));
        at = end + 1;
      }
    }
    return key;
  },
  encodePrefix: (prefix) => tupleKeys.encode(prefix),
};

function encodeElement(element: unknown, index: number): string {
  if (element === null) return TYPE.null;
  if (element === false) return TYPE.false;
  if (element === true) return TYPE.true;
  if (typeof element === 'number') {
    if (!Number.isFinite(element)) throw invalid(index, `${element}, which has no place in the order`);
    return TYPE.number + floatToText(element) + END;
  }
  if (typeof element === 'string') {
    if (LONE_SURROGATE.test(element)) throw invalid(index, 'a string with a lone surrogate: remove it first');
    return TYPE.string + withEscapes(element) + END;
  }
  if (isBytes(element)) return TYPE.bytes + withEscapes(latin1FromBytes(element)) + END;
  throw invalid(index, `of type ${typeof element}: use null, a boolean, a number, a string or a Uint8Array`);
}

function decodeElement(type: string | undefined, escaped: string, key: string): TupleElement {
  if (type === TYPE.string) return withoutEscapes(escaped, key);
  if (type === TYPE.bytes) return latin1ToBytes(withoutEscapes(escaped, key));
  const number = type === TYPE.number ? floatFromText(escaped) : undefined;
  if (number === undefined) throw notTuple(key);
  return number;
}

/** With the `u` flag the two halves of a pair are one character, which this does not match. */
const LONE_SURROGATE = /[\ud800-\udfff]/u;

function withEscapes(text: string): string {
  return text.replaceAll(ESCAPE, `${ESCAPE}1`).replaceAll(END, `${ESCAPE}0`);
}

function withoutEscapes(escaped: string, key: string): string {
  const [first, ...rest] = escaped.split(ESCAPE);
  let text = first as string;
  for (const part of rest) {
    if (part[0] !== '0' && part[0] !== '1') throw notTuple(key);
    text += (part[0] === '0' ? END : ESCAPE) + part.slice(1);
  }
  return text;
}

function invalid(index: number, what: string): IsokvError {
  return new IsokvError('INVALID_KEY', `element ${index} of the key is ${what}`);
}

function notTuple(text: string): IsokvError {
  return corrupt(`the key ${JSON.stringify(text)} is not one that tupleKeys makes`);
}
