import { createHash } from 'node:crypto';
import { crc32, Store } from 'isokv';
import { formatBytes, formatCount, formatDuration } from '../figures.mjs';

/** @import { Tour } from '../types.mjs' */

/** The forms in text are for people and other programs: for the tour, every so many-th entry is enough. */
const TEXT_SHARE = 5;

/** @param {Tour} tour */
export async function carry(tour) {
  const { store, terminal, checks } = tour;
  terminal.explain(
    `store.toData(), Store.fromData() and toData() once more, as when another runtime is given the data. The forms in text are those of every ${TEXT_SHARE}th entry.`,
  );
  terminal.figure('entries', formatCount(store.stats().entries));
  const checksum = await thereAndBack(tour, store, 'binary');
  const backwards = copyBackwards(store, 1);
  checks.equal('filled in the opposite order: the same bytes', sha256(backwards.toData()), checksum);
  await backwards.close();

  const part = copyBackwards(store, TEXT_SHARE);
  terminal.figure('entries', formatCount(part.stats().entries));
  for (const format of /** @type {const} */ (['binary', 'json', 'jsonl']))
    await thereAndBack(tour, part, format);
  await part.close();
}

/**
 * @param {Tour} tour
 * @param {Store} store
 * @param {'binary' | 'json' | 'jsonl'} format
 * @returns {Promise<string>} the checksum of its bytes
 */
async function thereAndBack({ terminal, checks }, store, format) {
  const data = store.toData();
  const checksum = sha256(data);
  const start_ms = performance.now();
  const form = format === 'binary' ? store.toData() : store.toData({ format });
  const copy = Store.fromData(form);
  const duration_ms = performance.now() - start_ms;
  const size = formatBytes(Buffer.byteLength(form));
  terminal.figure(`${format}, there and back`, size, formatDuration(duration_ms));
  const again = copy.toData();
  const isSame = sha256(again) === checksum && crc32(again, 0) === crc32(data, 0);
  checks.that(
    `the same bytes: crc32 ${hex(crc32(again, 0))}, SHA-256 ${sha256(again).slice(0, 16)}…`,
    isSame,
  );
  if (format !== 'binary') checks.that(`and the same ${format}`, copy.toData({ format }) === form);
  await copy.close();
  return checksum;
}

/**
 * @param {Store} store
 * @param {number} share every so many-th entry of each namespace
 */
function copyBackwards(store, share) {
  const copy = new Store();
  for (const name of store.namespaces().reverse()) {
    const from = store.namespace(name);
    const to = copy.namespace(name);
    let count = 0;
    for (const [key, value] of from.entries({ reverse: true })) {
      if (count++ % share > 0) continue;
      const expiresAt = from.expiresAt(key);
      void to.set(key, value, expiresAt === undefined ? undefined : { expiresAt });
    }
  }
  return copy;
}

/** @param {Uint8Array} bytes */
function sha256(bytes) {
  return createHash('sha256').update(bytes).digest('hex');
}

/** @param {number} figure */
function hex(figure) {
  return figure.toString(16).padStart(8, '0');
}
