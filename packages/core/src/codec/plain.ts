/** Plain data: arrays and objects without a class, which can be frozen all through. */

export function isPlainData(value: object): value is Record<string, unknown> {
  return Array.isArray(value) || isRoot(Object.getPrototypeOf(value));
}

/** Whether it is the prototype of objects without a class: none, or the `Object.prototype` of any realm. */
export function isRoot(prototype: object | null): boolean {
  return prototype === null || (Object.getPrototypeOf(prototype) === null && 'valueOf' in prototype);
}

/** Freezes plain data all through; what is frozen already is taken to be so inside too. Leaves all else alone. */
export function deepFreeze<T>(value: T): T {
  if (isObject(value) && !Object.isFrozen(value) && isPlainData(value)) {
    Object.freeze(value);
    for (const key of Object.keys(value)) if (isObject(value[key])) deepFreeze(value[key]);
  }
  return value;
}

/**
 * Whether nobody can change a value any more, so that it may be given to everybody. Bytes, dates, maps and sets can
 * be changed even when frozen; a codec that freezes an object of a class says that this makes it immutable.
 */
export function isImmutable(value: unknown): boolean {
  if (!isObject(value)) return true;
  if (!Object.isFrozen(value)) return false;
  return !isPlainData(value) || Object.keys(value).every((key) => isImmutable(value[key]));
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
