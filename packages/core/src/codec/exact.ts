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
 * is to be written. What else `carries` knows is in the copy as it is.
 * @param format what messages call the format
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
  /** How each of the parents, and then the value itself, is reached from the one before. */
  readonly names: string[];
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
  if (typeof value === 'number') refuse(walk, `${value} cannot be stored in ${walk.format}`);
  refuse(walk, `${typeof value}s cannot be stored`);
}

function copyObject(value: object, walk: Walk): object {
  const { parents, names } = walk;
  if (parents.includes(value)) refuse(walk, 'a cycle cannot be stored');
  if (parents.length === MAX_DEPTH) refuse(walk, `nested deeper than ${MAX_DEPTH} levels`);
  const depth = parents.push(value) - 1;
  const prototype: object | null = Object.getPrototypeOf(value);
  const isList = Array.isArray(value) && Array.isArray(prototype); // Not one of a class.
  const isData = isList || isRoot(prototype);
  const copied = isData ? copyFields(value, isList, walk, depth) : value;
  if (!isData) checkOther(value, walk, depth);
  names.length = depth;
  parents.pop();
  return copied;
}

function copyFields(value: object, isList: boolean, walk: Walk, depth: number): object {
  // As `Reflect.ownKeys`, and several times as fast.
  const own = Object.getOwnPropertyNames(value).length + Object.getOwnPropertySymbols(value).length;
  // Before it is copied: holes may be more than there is memory for.
  if (isList && own !== (value as unknown[]).length + 1) refuseFields(isList, walk);
  // Of a frozen array 30 times as fast as `slice`.
  const copied = (isList ? [...(value as unknown[])] : { ...value }) as Record<string, unknown>;
  const keys = Object.keys(copied);
  if (own !== keys.length + Number(isList) || (isList && !keys.every((key) => Object.hasOwn(value, key))))
    refuseFields(isList, walk);
  for (const key of keys) {
    walk.names[depth] = key;
    copied[key] = copy(copied[key], walk);
  }
  return copied;
}

function refuseFields(isList: boolean, walk: Walk): never {
  const what = isList ? 'an array with holes or named fields' : 'fields that are hidden, or symbols,';
  refuse(walk, `${what} cannot be stored`);
}

function checkOther(value: object, walk: Walk, depth: number): void {
  const isCarried = walk.carries(value, (part, at) => {
    walk.names[depth] = at;
    copy(part, walk);
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

function refuse({ names, parents }: Walk, why: string): never {
  const path = names.map((name, i) => (Array.isArray(parents[i]) ? `[${name}]` : `.${name}`)).join('');
  const shown = path.length > MAX_PATH ? `${path.slice(0, MAX_PATH)}…` : path;
  throw new IsokvError('INVALID_VALUE', `value${shown}: ${why}`);
}
