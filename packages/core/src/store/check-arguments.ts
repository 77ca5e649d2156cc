/** What the types refuse, and plain JavaScript would let through: to be told at once, not to be guessed at. */
import { IsokvError } from '../errors.ts';

export function invalidOption(why: string): IsokvError {
  return new IsokvError('INVALID_OPTION', why);
}

/** @throws INVALID_OPTION for an option that there is not, and for what is no options */
export function checkNames(options: object, names: readonly string[]): void {
  if (typeof options !== 'object' || !options) throw invalidOption('options are an object');
  for (const name of Object.keys(options)) {
    if (!names.includes(name)) throw invalidOption(`there is no option ${name}: give ${names.join(', ')}`);
  }
}

/** @throws INVALID_OPTION unless it is one of the choices */
export function checkChoice(name: string, value: unknown, choices: readonly unknown[]): void {
  if (!choices.includes(value))
    throw invalidOption(`${name} must be one of ${choices.join(', ')}, not ${String(value)}`);
}

/** @throws INVALID_OPTION unless `object` has all of these methods */
export function checkMethods(what: string, object: unknown, methods: readonly string[]): void {
  for (const method of methods) {
    if (typeof (object as Record<string, unknown> | undefined)?.[method] !== 'function')
      throw invalidOption(`${what} needs a function ${method}`);
  }
}

/** @throws INVALID_OPTION unless it is a function */
export function checkFunction(name: string, value: unknown): void {
  if (typeof value !== 'function') throw invalidOption(`${name} must be a function`);
}

/** @throws INVALID_OPTION unless it can be gone through. Text can, but is one key, not a list of them. */
export function checkList(what: string, list: unknown): void {
  if (typeof list !== 'object' || !(list as Iterable<unknown> | null)?.[Symbol.iterator])
    throw invalidOption(`give a list of ${what}`);
}

export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === 'function';
}
