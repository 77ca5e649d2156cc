/** JSON, with a check that nothing is changed or dropped on the way. */
import { IsokvError } from '../errors.ts';

/** Deeper than this and the runtime's own JSON functions may run out of stack. */
const MAX_DEPTH = 1000;
/** So much of a path an error shows. */
const MAX_PATH = 500;

/** @throws INVALID_VALUE with the path of what JSON cannot carry exactly */
export function stringifyExactly(value: unknown): string {
  const walk: Walk = { parents: [], names: [], negativeZero: false };
  check(value, walk);
  return walk.negativeZero ? stringifyKeepingZeros(value) : JSON.stringify(value);
}

/** @returns the value the text stands for, frozen all through */
export function parseFrozen(text: string): unknown {
  return deepFreeze(JSON.parse(text));
}

/** Freezes plain objects and arrays all through; what is frozen already is taken to be so inside too. */
export function deepFreeze<T>(value: T): T {
  if (isObject(value) && !ArrayBuffer.isView(value) && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const key of Object.keys(value)) {
      const field = (value as Record<string, unknown>)[key];
      if (isObject(field)) deepFreeze(field);
    }
  }
  return value;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/** Where in a value a check is. The path is put together only when something is refused. */
interface Walk {
  readonly parents: object[];
  /** How each of the parents, and then the value itself, is reached from the one before. */
  readonly names: (string | number)[];
  negativeZero: boolean;
}

function check(value: unknown, walk: Walk): void {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return;
    case 'number':
      if (!Number.isFinite(value)) refuse(walk, `${value} cannot be stored in JSON`);
      if (Object.is(value, -0)) walk.negativeZero = true;
      return;
    case 'object':
      if (value !== null) checkObject(value, walk);
      return;
    default:
      if (value === undefined) refuse(walk, 'undefined cannot be stored: leave the field out, or use null');
      refuse(walk, `${typeof value}s cannot be stored`);
  }
}

function checkObject(value: object, walk: Walk): void {
  const { parents, names } = walk;
  if (parents.includes(value)) refuse(walk, 'a cycle cannot be stored');
  if (parents.length === MAX_DEPTH) refuse(walk, `nested deeper than ${MAX_DEPTH} levels`);
  parents.push(value);
  const keys = Object.keys(value);
  const depth = names.length;
  if (Array.isArray(value)) {
    if (Object.getPrototypeOf(value) !== Array.prototype)
      refuse(walk, `${nameOf(value)} cannot be stored in JSON`);
    if (keys.length !== value.length || Reflect.ownKeys(value).length !== keys.length + 1)
      refuse(walk, 'an array with holes or named fields cannot be stored');
    for (let i = 0; i < value.length; i++) {
      names[depth] = i;
      check(value[i], walk);
    }
  } else {
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype !== null && prototype !== Object.prototype) {
      refuse(walk, `${nameOf(value)} cannot be stored in JSON: give plain data, or a codec that knows it`);
    }
    if (Reflect.ownKeys(value).length > keys.length)
      refuse(walk, 'fields that are hidden, or named by symbols, cannot be stored');
    for (const key of keys) {
      names[depth] = key;
      check((value as Record<string, unknown>)[key], walk);
    }
  }
  names.length = depth;
  parents.pop();
}

function nameOf(value: object): string {
  const name: unknown = value.constructor?.name;
  return typeof name === 'string' && name !== '' ? `a ${name}` : 'an instance of a class';
}

function refuse({ names }: Walk, why: string): never {
  const path = names.map((name) => (typeof name === 'number' ? `[${name}]` : `.${name}`)).join('');
  const shown = path.length > MAX_PATH ? `${path.slice(0, MAX_PATH)}…` : path;
  throw new IsokvError('INVALID_VALUE', `value${shown}: ${why}`);
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
