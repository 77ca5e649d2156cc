/// <reference lib="dom" />
/** What is measured, in a page: `measure(scenario, engine, size)` gives a figure. A rate is per second, a time in ms. */
import { engines } from './engines.mjs';

/** @type {Map<string, Promise<any>>} */
const opened = new Map();
let counter = 0;

/** @type {Record<string, (engine: any, size: number) => Promise<number>>} */
const scenarios = {
  async 'set one by one'(engine, size) {
    const start = performance.now();
    for (let i = 0; i < size; i++) await engine.set(`key ${counter++ % 1000}`, textOf(i));
    return (size / (performance.now() - start)) * 1000;
  },
  async 'set 64 at once'(engine, size) {
    const rounds = Math.ceil(size / 64);
    const start = performance.now();
    for (let round = 0; round < rounds; round++) {
      await Promise.all(Array.from({ length: 64 }, (_, i) => engine.set(`key ${i}`, textOf(i))));
    }
    return ((rounds * 64) / (performance.now() - start)) * 1000;
  },
  async 'set 10,000 in one turn'(engine, size) {
    const entries = entriesOf(size);
    const start = performance.now();
    await engine.setAll(entries);
    return (size / (performance.now() - start)) * 1000;
  },
  async get(engine, size) {
    await Promise.all(Array.from({ length: 100 }, (_, i) => engine.set(`key ${i}`, textOf(i))));
    let length = 0;
    const isSync =
      !(engine.get('key 1') instanceof Promise) && typeof engine.get('key 1')?.then !== 'function';
    const reads = isSync ? size * 50 : size;
    const start = performance.now();
    if (isSync) for (let i = 0; i < reads; i++) length += engine.get(`key ${i % 100}`).length;
    else for (let i = 0; i < reads; i++) length += (await engine.get(`key ${i % 100}`)).length;
    const took = performance.now() - start;
    if (length !== reads * textOf(0).length) throw new Error('read something else');
    return (reads / took) * 1000;
  },
  async open(engine, size) {
    await fill(engine, size);
    const { took, size: found } = await engine.load();
    if (found !== size) throw new Error(`found ${found} of ${size}`);
    return took;
  },
  async 'scan 1,000'(engine, size) {
    await fill(engine, size);
    const times = [];
    for (let i = 0; i < 5; i++) {
      const start = performance.now();
      // Keys that begin with the same two digits are one in a hundred.
      const found = await engine.scan(`entry ${String(11 + i).padStart(2, '0')}`);
      times.push(performance.now() - start);
      if (found.length !== size / 100) throw new Error(`found ${found.length}`);
    }
    return times.sort((a, b) => a - b)[2] ?? Number.NaN;
  },
};

/** @param {{ scenario: string, engine: keyof engines, size: number }} task */
async function measure({ scenario, engine, size }) {
  if (!opened.has(engine)) opened.set(engine, engines[engine]());
  return scenarios[scenario]?.(await opened.get(engine), size);
}

/** @type {Map<unknown, number>} */
const filled = new Map();

/** @param {any} engine @param {number} size */
async function fill(engine, size) {
  if (filled.get(engine) === size) return;
  await engine.fill(entriesOf(size));
  filled.set(engine, size);
}

/** @param {number} count @returns {[string, string][]} */
function entriesOf(count) {
  return Array.from({ length: count }, (_, i) => [
    `entry ${String(i).padStart(Math.log10(count), '0')}`,
    textOf(i),
  ]);
}

/** 100 characters. @param {number} i */
function textOf(i) {
  return `value ${String(i).padStart(6, '0')} ${'x'.repeat(87)}`;
}

Object.assign(globalThis, { measure });
