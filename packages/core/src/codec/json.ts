/** JSON, with a check that nothing is changed or dropped on the way. */
import { checkExact } from './exact.ts';
import { deepFreeze } from './plain.ts';

/** @throws INVALID_VALUE with the path of what JSON cannot carry exactly */
export function stringifyExactly(value: unknown): string {
  let negativeZero = false;
  checkExact(value, 'JSON', (part) => {
    if (Object.is(part, -0)) negativeZero = true;
    return Number.isFinite(part);
  });
  return negativeZero ? stringifyKeepingZeros(value) : JSON.stringify(value);
}

/** @returns the value the text stands for, frozen all through */
export function parseFrozen(text: string): unknown {
  return deepFreeze(JSON.parse(text));
}

/** As JSON.stringify, which writes -0 as 0. */
function stringifyKeepingZeros(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(stringifyKeepingZeros).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const fields = Object.entries(value).map(
      ([key, field]) => `${JSON.stringify(key)}:${stringifyKeepingZeros(field)}`,
    );
    return `{${fields.join(',')}}`;
  }
  return Object.is(value, -0) ? '-0' : JSON.stringify(value);
}
