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
  if (expiresAt !== undefined) return checked(expiresAt, 'expiresAt');
  return ttl === undefined ? 0 : expiryAfter(ttl, now);
}

/** Epoch milliseconds. @throws INVALID_TTL */
export function expiryAfter(ttl: number, now: () => number): number {
  return checked(now() + checked(ttl, 'ttl'), 'ttl');
}

/** Whole milliseconds: a fraction counts as one more. */
function checked(figure: number, name: string): number {
  const whole = typeof figure === 'number' ? Math.ceil(figure) : Number.NaN;
  if (Number.isSafeInteger(whole) && whole > 0) return whole;
  throw new IsokvError(
    'INVALID_TTL',
    `${name} must be a number of milliseconds above 0, not ${String(figure)}`,
  );
}
