/** @import { Engine } from '../types.mjs' */

/**
 * What an engine is before it can do anything: spread it, and replace what it can.
 *
 * @param {string} name
 * @returns {Engine}
 */
export function unsupported(name) {
  const refuse = () => {
    throw new Error(`${name} cannot do this`);
  };
  return {
    name,
    open: refuse,
    get: refuse,
    set: refuse,
    setTurn: refuse,
    scan: refuse,
    compact: async () => {},
    verify: refuse,
    close: async () => {},
  };
}
