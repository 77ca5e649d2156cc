/** The check that every codec for plain data begins with: that nothing would be changed or dropped on the way. */
import { IsokvError } from '../errors.ts';

/** Deeper than this and functions that call themselves, as the runtime's own for JSON do, may run out of stack. */
const MAX_DEPTH = 1000;
/** So much of a path an error shows. */
const MAX_PATH = 500;

/**
 * Says whether the format carries a value that is not text, true, false, null or plain data. It calls `inside` for
 * each value which that one holds, with how to get at it, such as `keys()[0]`.
 */
export type Carries = (value: unknown, inside: (value: unknown, at: string) => void) => boolean;

/**
 * Goes through a value before it is written.
 * @param format what messages call the format
 * @param carries asked for every number, `undefined`, bigint, function, symbol, and object that is not plain data
 * @throws INVALID_VALUE with the path of what cannot be stored exactly: what `carries` does not know, cycles, arrays
 * with holes, hidden fields, and what is nested deeper than 1,000 levels
 */
export function checkExact(value: unknown, format: string, carries: Carries): void {
  check(value, { format, carries, parents: [], names: [] });
}

/** Where in a value a check is. The path is put together only when something is refused. */
interface Walk {
  readonly format: string;
  readonly carries: Carries;
  readonly parents: object[];
  /** How each of the parents, and then the value itself, is reached from the one before. */
  readonly names: (string | number)[];
}

function check(value: unknown, walk: Walk): void {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return;
    case 'object':
      if (value !== null) checkObject(value, walk);
      return;
  }
  if (walk.carries(value, holdsNothing)) return;
  if (value === undefined) refuse(walk, 'undefined cannot be stored: leave the field out, or use null');
  if (typeof value === 'number') refuse(walk, `${value} cannot be stored in ${walk.format}`);
  refuse(walk, `${typeof value}s cannot be stored`);
}

function checkObject(value: object, walk: Walk): void {
  const { parents, names } = walk;
  if (parents.includes(value)) refuse(walk, 'a cycle cannot be stored');
  if (parents.length === MAX_DEPTH) refuse(walk, `nested deeper than ${MAX_DEPTH} levels`);
  parents.push(value);
  const depth = names.length;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Array.prototype && Array.isArray(value)) {
    const keys = Object.keys(value);
    if (keys.length !== value.length || Reflect.ownKeys(value).length !== keys.length + 1)
      refuse(walk, 'an array with holes or named fields cannot be stored');
    for (let i = 0; i < value.length; i++) {
      names[depth] = i;
      check(value[i], walk);
    }
  } else if (prototype === null || prototype === Object.prototype) {
    const keys = Object.keys(value);
    if (Reflect.ownKeys(value).length > keys.length)
      refuse(walk, 'fields that are hidden, or named by symbols, cannot be stored');
    for (const key of keys) {
      names[depth] = key;
      check((value as Record<string, unknown>)[key], walk);
    }
  } else {
    checkOther(value, walk);
  }
  names.length = depth;
  parents.pop();
}

function checkOther(value: object, walk: Walk): void {
  const depth = walk.names.length;
  const isCarried = walk.carries(value, (part, at) => {
    walk.names[depth] = at;
    check(part, walk);
  });
  if (isCarried) return;
  refuse(
    walk,
    `${nameOf(value)} cannot be stored in ${walk.format}: give plain data, or a codec that knows it`,
  );
}

function holdsNothing(): void {}

function nameOf(value: object): string {
  const name: unknown = value.constructor?.name;
  return typeof name === 'string' && name !== '' ? `a ${name}` : 'an instance of a class';
}

function refuse({ names }: Walk, why: string): never {
  const path = names.map((name) => (typeof name === 'number' ? `[${name}]` : `.${name}`)).join('');
  const shown = path.length > MAX_PATH ? `${path.slice(0, MAX_PATH)}…` : path;
  throw new IsokvError('INVALID_VALUE', `value${shown}: ${why}`);
}
