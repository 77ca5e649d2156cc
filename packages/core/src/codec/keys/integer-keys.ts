/**
 * Integers as keys: a letter for the number of decimal digits, then the digits.
 *
 *     0 -> a0    7 -> a7    42 -> b42    1000 -> d1000        a to p: 1 to 16 digits
 *    -1 -> P8   -7 -> P2   -42 -> O57   -1000 -> M8999        P to A: 1 to 16 digits, each taken from 9
 *
 * So a longer integer sorts after (a negative one before) a shorter, and equally long ones by their digits.
 */
import { corrupt, IsokvError } from '../../errors.ts';
import type { KeyCodec } from './key-codec.ts';

const NEGATIVE_ONE_DIGIT = 'P'.charCodeAt(0);
const POSITIVE_ONE_DIGIT = 'a'.charCodeAt(0);

/** Integers from -(2^53 - 1) to 2^53 - 1, in numeric order. */
export const integerKeys: KeyCodec<number> = {
  name: 'integer',
  encode(key) {
    if (!Number.isSafeInteger(key)) {
      throw new IsokvError(
        'INVALID_KEY',
        `${describe(key)} is not a safe integer: use one from -(2^53 - 1) to 2^53 - 1, or a namespace with other keys`,
      );
    }
    const digits = String(Math.abs(key));
    return key < 0
      ? String.fromCharCode(NEGATIVE_ONE_DIGIT + 1 - digits.length) + fromNine(digits)
      : String.fromCharCode(POSITIVE_ONE_DIGIT - 1 + digits.length) + digits;
  },
  decode(text) {
    const digits = text.slice(1);
    const key = text < 'a' ? -Number(fromNine(digits)) : Number(digits);
    if (!Number.isSafeInteger(key) || integerKeys.encode(key) !== text) {
      throw corrupt(`the key ${JSON.stringify(text)} is not one that integerKeys makes`);
    }
    return key;
  },
};

/** Every digit taken from 9: the order of equally long figures turned round. */
function fromNine(digits: string): string {
  let turned = '';
  for (let i = 0; i < digits.length; i++) turned += String.fromCharCode(105 - digits.charCodeAt(i));
  return turned;
}

function describe(key: unknown): string {
  return typeof key === 'number' ? String(key) : `a key of type ${typeof key}`;
}
