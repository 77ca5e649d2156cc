/** Sums. */
import { fail } from './error.ts';
import { entryOf, type Face, methods, write } from './open.ts';
import { readValue } from './values.ts';

/** Gives stores and namespaces their increment(). `isokv`: what the core script exports. */
export function addTo(_isokv: unknown): void {
  methods.increment = function (this: Face, key: string, by?: number): number {
    var entry = entryOf(this, key);
    var value = entry ? readValue(entry) : 0;
    if (by === undefined) by = 1;
    if (typeof value !== 'number' || !(Math.abs(by) < Infinity)) fail('NOT_A_NUMBER', key);
    value += by;
    write(this, [{ key: key, value: value }], entry ? entry._expires : 0);
    return value as number;
  };
}
