/** What every codec for plain data begins with: a copy, and the check that nothing of it would be changed or dropped. */
import { IsokvError } from '../errors.ts';
import { isRoot } from './plain.ts';

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
 * Copies plain data all through, as it is at this moment: getters are called once, and what was checked is what there
 * is to be written. The copy is frozen. What else `carries` knows is in the copy as it is.
 * @param format what messages call the format, and what else to use: `MessagePack: give plain data`
 * @param carries asked for every number, `undefined`, bigint, function, symbol, and object that is not plain data
 * @throws INVALID_VALUE with the path of what cannot be stored exactly: what `carries` does not know, cycles, arrays
 * with holes, hidden fields, and what is nested deeper than 1,000 levels
 */
export function copyExact(value: unknown, format: string, carries: Carries): unknown {
  return copy(value, { format, carries, parents: [], names: [] });
}

/** Where in a value the copying is. The path is put together only when something is refused. */
interface Walk {
  readonly format: string;
  readonly carries: Carries;
  readonly parents: object[];
  /** How each of the parents, and then the value itself, is reached from the one before. What follows is left over. */
  readonly names: (string | number)[];
}

function copy(value: unknown, walk: Walk): unknown {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value;
    case 'object':
      return value === null ? null : copyObject(value, walk);
  }
  if (walk.carries(value, holdsNothing)) return value;
  if (value === undefined) refuse(walk, 'undefined cannot be stored: leave it out, or use null');
  const what = typeof value === 'number' ? value : `${typeof value}s`;
  const isFigure = typeof value === 'number' || typeof value === 'bigint';
  refuse(walk, `${what} cannot be stored${isFigure ? ` in ${walk.format}` : ''}`);
}

function copyObject(value: object, walk: Walk): object {
  const { parents } = walk;
  if (parents.includes(value)) refuse(walk, 'a cycle cannot be stored');
  if (parents.length === MAX_DEPTH) refuse(walk, `nested deeper than ${MAX_DEPTH} levels`);
  const prototype: object | null = Object.getPrototypeOf(value);
  if (Array.isArray(value) && Array.isArray(prototype)) return copyList(value, walk); // Not one of a class.
  if (isRoot(prototype)) return copyFields(value, walk);
  checkOther(value, walk);
  return value;
}

const NOT_WHOLE = 'an array with holes or named fields cannot be stored';

function copyList(list: readonly unknown[], walk: Walk): object {
  // Its items and its length. Before it is copied: holes may be more than there is memory for.
  if (countOwn(list) !== list.length + 1) refuse(walk, NOT_WHOLE);
  const copied = [...list]; // Of a frozen array 30 times as fast as `slice`.
  if (copied.some((item, at) => item === undefined && !Object.hasOwn(list, at))) refuse(walk, NOT_WHOLE);
  const depth = walk.parents.push(list) - 1;
  for (let at = 0; at < copied.length; at++) {
    walk.names[depth] = at;
    copied[at] = copy(copied[at], walk);
  }
  walk.parents.pop();
  return Object.freeze(copied);
}

function copyFields(value: object, walk: Walk): object {
  const copied: Record<string, unknown> = { ...value };
  const keys = Object.keys(copied);
  if (countOwn(value) !== keys.length) refuse(walk, 'fields that are hidden, or symbols, cannot be stored');
  const depth = walk.parents.push(value) - 1;
  for (const key of keys) {
    walk.names[depth] = key;
    const field = copied[key];
    const own = copy(field, walk);
    if (own !== field) copied[key] = own;
  }
  walk.parents.pop();
  return Object.freeze(copied);
}

/** As the length of `Reflect.ownKeys`, and several times as fast. */
function countOwn(value: object): number {
  return Object.getOwnPropertyNames(value).length + Object.getOwnPropertySymbols(value).length;
}

function checkOther(value: object, walk: Walk): void {
  const depth = walk.parents.push(value) - 1;
  const isCarried = walk.carries(value, (part, at) => {
    walk.names[depth] = at;
    copy(part, walk);
  });
  walk.parents.pop();
  if (isCarried) return;
  const name: unknown = value.constructor?.name;
  const kind = typeof name === 'string' && name ? name : 'a class';
  refuse(walk, `an instance of ${kind} cannot be stored in ${walk.format}`);
}

function holdsNothing(): void {}

function refuse({ names, parents }: Walk, why: string): never {
  const path = parents
    .map((parent, i) => (Array.isArray(parent) ? `[${names[i]}]` : `.${names[i]}`))
    .join('');
  const shown = path.length > MAX_PATH ? `${path.slice(0, MAX_PATH)}…` : path;
  throw new IsokvError('INVALID_VALUE', `value${shown}: ${why}`);
}
