import { readFileSync, writeFileSync } from 'node:fs';
import { fileLog, Store } from 'isokv';
import { formatBytes, formatCount } from '../figures.mjs';
import { readContents } from './crash.mjs';

/** @import { Tour } from '../types.mjs' */

/** So many times a bit is flipped. */
const FLIPS = 20;
/** So much is cut off the last commit. */
const CUT_BYTES = 3;

/** @param {Tour} tour */
export async function damage(tour) {
  tour.terminal.explain(
    'First the file as the last kill left it, cut short as by a loss of power. Then the same file once it was written to and closed, cut short or with one bit flipped.',
  );
  await cutTail(tour);
  await writeAndClose(tour.pathOf('crash.isokv'));
  await flipBits(tour);
}

/** @param {Tour} tour */
async function cutTail({ terminal, checks, pathOf }) {
  const before = await readContents(pathOf('crash.isokv'));
  const bytes = readFileSync(pathOf('killed.isokv'));
  const path = pathOf('cut.isokv');
  writeFileSync(path, bytes.subarray(0, endOfWritten(bytes) - CUT_BYTES));
  const { found, half, torn } = await readContents(path);
  const gone = before.found.size - found.size;
  terminal.figure(
    `${CUT_BYTES} bytes cut off the end`,
    `torn ${torn ? formatBytes(torn.bytes) : 'none'}`,
    torn ? `at ${formatCount(torn.offset)}` : '',
  );
  terminal.figure(
    'transactions before and after',
    formatCount(found.size),
    `of ${formatCount(before.found.size)}`,
  );
  checks.that('the torn commit was reported', torn !== undefined);
  checks.that('only what it held is gone', gone >= 0 && gone <= 4, `${gone} transactions`);
  checks.that('and nothing is half there', half === 0 && found.size === Math.max(0, ...found));
}

/** @param {string} path */
async function writeAndClose(path) {
  const store = await Store.open(fileLog(path));
  await store.set('closed', 'as it should be');
  await store.close();
}

/** @param {Tour} tour */
async function flipBits({ terminal, checks, pathOf }) {
  const bytes = readFileSync(pathOf('crash.isokv'));
  const path = pathOf('flipped.isokv');
  writeFileSync(path, bytes.subarray(0, -CUT_BYTES));
  checks.equal('cut short after it was closed, it is CORRUPT', (await openAndClose(path))?.code, 'CORRUPT');

  let caught = 0;
  let named = 0;
  let untouched = 0;
  for (let flip = 0; flip < FLIPS; flip++) {
    // Not in the head of the file: of the two small slots there one may be damaged, with a warning and no loss.
    const at = Math.floor(bytes.length * (0.1 + 0.9 * Math.random()));
    const flipped = Buffer.from(bytes);
    flipped[at] = /** @type {number} */ (flipped[at]) ^ (1 << Math.floor(Math.random() * 8));
    writeFileSync(path, flipped);
    const error = await openAndClose(path);
    if (error?.code === 'CORRUPT') caught++;
    if (Number.isInteger(error?.offset)) named++;
    if (readFileSync(path).equals(flipped)) untouched++;
    if (flip === 0 && error) terminal.quote(`${error.code}: ${error.message}`);
  }
  terminal.figure('a bit flipped, each in a fresh copy', `${caught} caught`, `of ${FLIPS}`);
  checks.equal('every flip was CORRUPT', caught, FLIPS);
  checks.equal('with its offset', named, FLIPS);
  checks.equal('and the damaged file was left as it was', untouched, FLIPS);
}

/**
 * @param {string} path
 * @returns {Promise<(Error & { code?: string, offset?: number }) | undefined>}
 */
async function openAndClose(path) {
  try {
    const store = await Store.open(fileLog(path, { onWarning: () => undefined }));
    await store.close();
    return undefined;
  } catch (error) {
    return /** @type {Error} */ (error);
  }
}

/**
 * After it come zeros, which were written ahead of the log.
 *
 * @param {Buffer} bytes
 */
function endOfWritten(bytes) {
  let end = bytes.length;
  while (end > 0 && bytes[end - 1] === 0) end--;
  return end;
}
