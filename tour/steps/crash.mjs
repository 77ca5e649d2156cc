import { copyFileSync } from 'node:fs';
import { crc32, fileLog, Store } from 'isokv';
import { formatBytes, formatCount } from '../figures.mjs';
import { runKilledWriter } from '../killed-writer.mjs';

/** @import { TornTail } from 'isokv' */
/** @import { Tour } from '../types.mjs' */

/** One kill for each. The last is of a process that only appends: the next step looks at the end of its log. */
const MODES = /** @type {const} */ (['writing', 'compacting', 'writing', 'compacting', 'writing']);

/**
 * What a store holds of the transactions of the writing process.
 *
 * @typedef {object} Contents
 * @property {Set<number>} found whole transactions
 * @property {number} half transactions of which only a part is there, or parts that do not agree
 * @property {TornTail | undefined} torn
 */

/** @param {Tour} tour */
export async function crash(tour) {
  const { terminal, checks, pathOf } = tour;
  terminal.explain(
    'Another process writes transactions of three keys and reports each one whose promise has resolved. It is killed with SIGKILL, its file is opened here, and what it reported is looked for. Then the next one goes on with the same file.',
  );
  const path = pathOf('crash.isokv');
  /** @type {Set<number>} */
  const acknowledged = new Set();
  let lost = 0;
  let half = 0;
  let gaps = 0;
  terminal.row('killed', 'acknowledged', 'found', 'lost', 'torn tail');
  for (const [index, mode] of MODES.entries()) {
    for (const number of await runKilledWriter(tour, path, mode)) acknowledged.add(number);
    copyFileSync(path, pathOf('killed.isokv'));
    const contents = await readContents(path);
    const { found } = contents;
    const lostNow = [...acknowledged].filter((number) => !found.has(number)).length;
    lost += lostNow;
    half += contents.half;
    if (found.size !== Math.max(0, ...found)) gaps++;
    terminal.row(
      `${index + 1}, ${mode === 'writing' ? 'while it writes' : 'and compacts, too'}`,
      formatCount(acknowledged.size),
      formatCount(found.size),
      formatCount(lostNow),
      contents.torn ? formatBytes(contents.torn.bytes) : 'none',
    );
  }
  checks.equal('no acknowledged transaction was lost', lost, 0);
  checks.equal('no transaction is half there', half, 0);
  checks.equal('none is missing between others', gaps, 0);
}

/** @param {string} path */
export async function readContents(path) {
  const store = await Store.open(fileLog(path), { mustExist: true });
  try {
    await store.verify();
    return contentsOf(store);
  } finally {
    await store.close();
  }
}

/**
 * @param {Store} store
 * @returns {Contents}
 */
function contentsOf(store) {
  const texts = store.namespace('texts');
  const checksums = store.namespace('checksums');
  const found = new Set();
  let half = 0;
  for (const key of new Set([...texts.keys(), ...checksums.keys()])) {
    const bytes = new TextEncoder().encode(/** @type {string | undefined} */ (texts.get(key)));
    if (texts.has(key) && checksums.get(key) === crc32(bytes, 0)) found.add(Number(key));
    else half++;
  }
  if ((store.get('last') ?? 0) !== Math.max(0, ...found)) half++;
  return { found, half, torn: store.stats().torn };
}
