/** Draws of entries, the same on every run and in every engine: `seed` is the round. */

/**
 * Every entry as likely as any other.
 *
 * @param {number} entries
 * @param {number} count
 * @param {number} seed
 */
export function uniform(entries, count, seed) {
  const next = generator(seed);
  return new Uint32Array(count).map(() => next() * entries);
}

/**
 * A few entries drawn most of the time, and these spread over the whole key space: YCSB's scrambled zipfian.
 * Source: J. Gray et al., "Quickly Generating Billion-Record Synthetic Databases", SIGMOD 1994.
 *
 * @param {number} entries
 * @param {number} count
 * @param {number} seed
 */
export function zipfian(entries, count, seed, theta = 0.99) {
  const zeta = zetas.get(entries) ?? sumOfPowers(entries, theta);
  zetas.set(entries, zeta);
  const alpha = 1 / (1 - theta);
  const eta = (1 - (2 / entries) ** (1 - theta)) / (1 - sumOfPowers(2, theta) / zeta);
  const next = generator(seed);
  return new Uint32Array(count).map(() => {
    const u = next();
    const uz = u * zeta;
    if (uz < 1) return scramble(0) % entries;
    if (uz < 1 + 0.5 ** theta) return scramble(1) % entries;
    return scramble(Math.floor(entries * (eta * u - eta + 1) ** alpha)) % entries;
  });
}

/**
 * The figures from 0 to below `count`, each once, in no order.
 *
 * @param {number} count
 * @param {number} seed
 */
export function shuffled(count, seed) {
  const next = generator(seed);
  const order = new Uint32Array(count).map((_, index) => index);
  for (let i = count - 1; i > 0; i--) {
    const j = Math.floor(next() * (i + 1));
    const moved = /** @type {number} */ (order[i]);
    order[i] = /** @type {number} */ (order[j]);
    order[j] = moved;
  }
  return order;
}

/**
 * Figures from 0 to below 1. Source: T. Ettinger, mulberry32.
 *
 * @param {number} seed
 */
export function generator(seed) {
  let state = (seed + 1) * 0x9e3779b9;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** @type {Map<number, number>} The sum takes long for a million entries, and is always the same. */
const zetas = new Map();

/**
 * @param {number} count
 * @param {number} theta
 */
function sumOfPowers(count, theta) {
  let sum = 0;
  for (let i = 1; i <= count; i++) sum += 1 / i ** theta;
  return sum;
}

/**
 * Sends neighbours far apart. Source: the finalizer of A. Appleby's MurmurHash3.
 *
 * @param {number} figure
 */
function scramble(figure) {
  let hash = figure;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
