import { statSync } from 'node:fs';
import { keyOf } from '../cities.mjs';
import { formatBytes, formatCount, formatDuration, formatRate } from '../figures.mjs';
import { usedMemory_bytes } from '../memory.mjs';

/** @import { Tour } from '../types.mjs' */

/** All that is set in one turn of the event loop is one commit: one frame, one sync. */
const CITIES_A_TURN = 1000;

/** @param {Tour} tour */
export async function importCities({ cities, store, terminal, checks, pathOf }) {
  terminal.explain(
    `await cities.set(key, city), ${formatCount(CITIES_A_TURN)} in each turn of the event loop. Awaited means on the disk.`,
  );
  const namespace = store.namespace('cities');
  const before_bytes = usedMemory_bytes();
  const start_ms = performance.now();
  let longestTurn_ms = 0;
  for (let from = 0; from < cities.length; from += CITIES_A_TURN) {
    const turnStart_ms = performance.now();
    const turn = cities.slice(from, from + CITIES_A_TURN);
    const written = turn.map((city) => namespace.set(keyOf(city), city));
    longestTurn_ms = Math.max(longestTurn_ms, performance.now() - turnStart_ms);
    await Promise.all(written);
    terminal.progress('imported', from + turn.length, cities.length);
  }
  const duration_ms = performance.now() - start_ms;
  const memory_bytes = usedMemory_bytes() - before_bytes;
  const { seq, durability } = store.stats();

  terminal.figure('cities', formatCount(namespace.size));
  terminal.figure('time', formatDuration(duration_ms), formatRate(cities.length, duration_ms));
  terminal.figure('commits', formatCount(seq), `durability: ${durability}`);
  terminal.figure('longest turn of the loop', formatDuration(longestTurn_ms));
  terminal.figure('file', formatBytes(statSync(pathOf('tour.isokv')).size));
  terminal.figure('memory', formatBytes(memory_bytes), 'in use, after collection');

  checks.equal('every city is there', namespace.size, cities.length);
  checks.equal('each turn was one commit', seq, Math.ceil(cities.length / CITIES_A_TURN));
  checks.equal('nothing waits to be written', store.stats().pendingCommits, 0);
}
