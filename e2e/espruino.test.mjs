/** The example for boards, as its README has it: the logger on a board, a reset, and the flash on a desktop. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createContext, runInContext } from 'node:vm';
import { expect, it } from 'vitest';

const path = (/** @type {string} */ name) => fileURLToPath(new URL(`../${name}`, import.meta.url));
const logger = readFileSync(path('examples/espruino/logger.js'), 'utf8');
const script = (/** @type {string} */ name) =>
  readFileSync(path(`packages/adapter-flash/dist/${name}.cjs`), 'utf8');
const scripts = {
  isokv: script('device'),
  'isokv-summary': script('device-summary'),
  'isokv-msgpack': script('device-msgpack'),
};

const PAGE_SIZE = 4096;
/** Where the free area of the board begins. */
const START = 0x60000;

/**
 * A board with the flash given, on which the logger runs.
 * @param {Uint8Array} flash
 */
function board(flash) {
  /** @type {string[]} */
  const lines = [];
  /** @type {{ work: () => void, ms: number }[]} */
  const timers = [];
  const Flash = {
    getFree: () => [
      { addr: 0x1000, length: PAGE_SIZE },
      { addr: START, length: flash.length },
    ],
    getPage: (/** @type {number} */ address) => ({
      addr: address - (address % PAGE_SIZE),
      length: PAGE_SIZE,
    }),
    read: (/** @type {number} */ length, /** @type {number} */ address) =>
      flash.slice(address - START, address - START + length),
    write(/** @type {Uint8Array} */ bytes, /** @type {number} */ address) {
      if (address % 4 !== 0 || bytes.length % 4 !== 0)
        throw new Error('Data and address must be multiples of 4');
      bytes.forEach((byte, i) => {
        const at = address - START + i;
        flash[at] = /** @type {number} */ (flash[at]) & byte;
      });
    },
    erasePage: (/** @type {number} */ address) =>
      flash.fill(0xff, address - START, address - START + PAGE_SIZE),
  };
  let temperature = 20;
  const context = createContext({
    modules: { Flash },
    Uint8Array,
    E: { CRC32: crc32, getTemperature: () => temperature++ },
    print: (/** @type {string} */ line) => lines.push(line),
    btoa: (/** @type {Uint8Array} */ bytes) => Buffer.from(bytes).toString('base64'),
    setInterval: (/** @type {() => void} */ work, /** @type {number} */ ms) => timers.push({ work, ms }),
    changeInterval(/** @type {number} */ timer, /** @type {number} */ ms) {
      Object.assign(timers[timer - 1] ?? {}, { ms });
    },
  });
  // As boards load modules.
  for (const [name, code] of Object.entries(scripts))
    runInContext(`(function (exports) {${code}})(modules['${name}'] = {})`, context);
  context.require = (/** @type {string} */ name) => context.modules[name];
  runInContext(logger, context);
  return {
    run: (/** @type {string} */ code) => runInContext(code, context),
    tick: () => timers[0]?.work(),
    ms: () => timers[0]?.ms,
    lines,
  };
}

/** As E.CRC32. @param {Uint8Array} bytes */
function crc32(bytes) {
  let crc = -1;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return ~crc >>> 0;
}

it('what a board has logged survives resets, and can be read on a desktop', () => {
  const flash = new Uint8Array(4 * PAGE_SIZE).fill(0xff);
  const first = board(flash);
  expect(first.ms()).toBe(60_000);
  for (let i = 0; i < 70; i++) first.tick();
  first.run('setting("interval", 10000)');
  expect(first.ms()).toBe(10_000);

  const second = board(flash);
  expect(second.ms()).toBe(10_000);
  second.tick();
  second.run('dump()');

  const folder = mkdtempSync(join(tmpdir(), 'isokv-'));
  try {
    const image = join(folder, 'image.bin');
    const input = ['>dump()', ...second.lines, '=undefined', '>'].join('\r\n');
    const output = execFileSync(process.execPath, [path('examples/espruino/pull.mjs'), image], {
      input,
      encoding: 'utf8',
    });
    const shown = output.trimEnd().split('\n');
    expect(shown).toContain('(default) interval 10000');
    expect(shown).toContain('(default) number 71');
    expect(shown).toContain('readings 20 { number: 70, celsius: 20 }');
    expect(shown).toContain('readings 21 { number: 21, celsius: 41 }');
    expect(shown).toHaveLength(52);
    expect(readFileSync(image).equals(flash)).toBe(true);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
