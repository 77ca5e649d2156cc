import { UNIT_BORDER } from '../data/entry.ts';
import { IsokvError } from '../errors.ts';
import { checkNames } from './check-arguments.ts';
import type { SetOptions } from './types.ts';

const NAMES = ['ttl', 'expiresAt', 'keepTtl'];

/**
 * When an entry written with these options expires: epoch milliseconds, 0 for never.
 * @throws INVALID_TTL
 */
export function expiryFrom(
  options: SetOptions | undefined,
  now: () => number,
  current: () => number,
): number {
  if (options === undefined) return 0;
  checkNames(options, NAMES);
  const { ttl, expiresAt, keepTtl = false } = options;
  if (Number(ttl !== undefined) + Number(expiresAt !== undefined) + Number(keepTtl) > 1) {
    throw new IsokvError('INVALID_TTL', 'give one of ttl, expiresAt and keepTtl');
  }
  if (keepTtl) return current();
  if (expiresAt === undefined) return ttl === undefined ? 0 : expiryAfter(ttl, now);
  // Seconds, as in a JWT, would be long past: the entry would be gone at once. Unless the clock itself counts from 0.
  return checked(expiresAt, 'expiresAt', now() > UNIT_BORDER ? UNIT_BORDER : 0);
}

/** Epoch milliseconds. @throws INVALID_TTL */
export function expiryAfter(ttl: number, now: () => number): number {
  return checked(now() + checked(ttl, 'ttl'), 'ttl');
}

/** Whole milliseconds: a fraction counts as one more. */
function checked(figure: number, name: string, above = 0): number {
  const whole = typeof figure === 'number' ? Math.ceil(figure) : Number.NaN;
  if (Number.isSafeInteger(whole) && whole > above) return whole;
  throw new IsokvError(
    'INVALID_TTL',
    `${name} must be a number of milliseconds above ${above}, not ${String(figure)}`,
  );
}
