/** JSON, with a check that nothing is changed or dropped on the way. */
import { IsokvError } from '../errors.ts';

/** Deeper than this and the runtime's own JSON functions may run out of stack. */
const MAX_DEPTH = 1000;

/** @throws INVALID_VALUE with the path of what JSON cannot carry exactly */
export function stringifyExactly(value: unknown): string {
  const found = { negativeZero: false };
  check(value, 'value', [], found);
  return found.negativeZero ? stringifyKeepingZeros(value) : JSON.stringify(value);
}

/** @returns the value the text stands for, frozen all through */
export function parseFrozen(text: string): unknown {
  return deepFreeze(JSON.parse(text));
}

/** Freezes plain objects and arrays all through; what is frozen already is taken to be so inside too. */
export function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !ArrayBuffer.isView(value) && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const key of Object.keys(value)) deepFreeze((value as Record<string, unknown>)[key]);
  }
  return value;
}

function check(value: unknown, path: string, parents: object[], found: { negativeZero: boolean }): void {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return;
    case 'number':
      if (!Number.isFinite(value)) refuse(path, `${value} cannot be stored in JSON`);
      if (Object.is(value, -0)) found.negativeZero = true;
      return;
    case 'object':
      if (value !== null) checkObject(value, path, parents, found);
      return;
    default:
      if (value === undefined) refuse(path, 'undefined cannot be stored: leave the field out, or use null');
      refuse(path, `${typeof value}s cannot be stored`);
  }
}

function checkObject(value: object, path: string, parents: object[], found: { negativeZero: boolean }): void {
  if (parents.includes(value)) refuse(path, 'a cycle cannot be stored');
  if (parents.length === MAX_DEPTH) refuse(path.slice(0, 80), `nested deeper than ${MAX_DEPTH} levels`);
  parents.push(value);
  const keys = Object.keys(value);
  if (Array.isArray(value)) {
    if (Object.getPrototypeOf(value) !== Array.prototype)
      refuse(path, `${nameOf(value)} cannot be stored in JSON`);
    if (keys.length !== value.length || Reflect.ownKeys(value).length !== keys.length + 1)
      refuse(path, 'an array with holes or named fields cannot be stored');
    for (let i = 0; i < value.length; i++) check(value[i], `${path}[${i}]`, parents, found);
  } else {
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype !== null && prototype !== Object.prototype) {
      refuse(path, `${nameOf(value)} cannot be stored in JSON: give plain data, or a codec that knows it`);
    }
    if (Reflect.ownKeys(value).length > keys.length)
      refuse(path, 'fields that are hidden, or named by symbols, cannot be stored');
    for (const key of keys) check((value as Record<string, unknown>)[key], `${path}.${key}`, parents, found);
  }
  parents.pop();
}

function nameOf(value: object): string {
  const name: unknown = value.constructor?.name;
  return typeof name === 'string' && name !== '' ? `a ${name}` : 'an instance of a class';
}

function refuse(path: string, why: string): never {
  throw new IsokvError('INVALID_VALUE', `${path}: ${why}`);
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
