/** JSON, with a check that nothing is changed or dropped on the way. */
import { copyExact } from './exact.ts';
import { deepFreeze } from './plain.ts';

/** @returns the JSON text, and a copy that is what the text says. @throws INVALID_VALUE with the path of what JSON cannot carry exactly */
export function stringifyExactly(value: unknown): { text: string; copy: unknown } {
  let negativeZero = false;
  const copy = copyExact(value, 'JSON: use plain data, or @isokv/codec-msgpack', (part) => {
    if (Object.is(part, -0)) negativeZero = true;
    return Number.isFinite(part);
  });
  return { text: negativeZero ? stringifyKeepingZeros(copy) : JSON.stringify(copy), copy };
}

/** @returns the value the text stands for, frozen all through */
export function parseFrozen(text: string): unknown {
  return deepFreeze(JSON.parse(text));
}

/** As JSON.stringify, which writes -0 as 0. */
function stringifyKeepingZeros(value: unknown): string {
  if (Object.is(value, -0)) return '-0';
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(stringifyKeepingZeros)}]`;
  const fields = Object.entries(value).map((field) => field.map(stringifyKeepingZeros).join(':'));
  return `{${fields}}`;
}
