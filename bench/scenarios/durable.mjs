/**
 * Sets that are awaited by whoever made them, for half a second a round: those that survive power loss (`strict`), and
 * those that survive a crash of the process (`relaxed`). How long a sync takes is up to the disk: it changes within
 * seconds, so rounds are short and many.
 */
import { key, text } from '../entries.mjs';

/** @import { Engine, Goal, Scenario } from '../types.mjs' */

/**
 * @param {number} clients
 * @param {string[]} peers
 * @param {Goal[]} goals
 * @returns {Scenario}
 */
function durable(clients, peers, goals) {
  return {
    name: `set-durable-${clients}`,
    what: clients === 1 ? 'durable sets, one at a time' : `durable sets, ${clients} clients`,
    engines: ['isokv', ...peers],
    entries: 1_000_000,
    rounds: 21,
    warmups: 2,
    goals,
    prepare: (engine, { folder }) => engine.open(folder, { values: 'text', durability: 'strict' }),
    measure: (engine, { entries, round, quick }) =>
      // The loop is one client, always: it cannot share a sync.
      setFor(quick ? 50 : 500, engine, entries, round, engine.name === 'append-loop' ? 1 : clients),
  };
}

/** @type {Scenario} */
export const setAwaited = {
  ...durable(1, ['lmdb', 'classic-level'], []),
  name: 'set-awaited',
  what: 'relaxed sets, one at a time, awaited',
  goals: [
    { against: 'lmdb', of: 'rate' },
    { against: 'classic-level', of: 'rate' },
    { against: 'lmdb', of: 'p99_ms', note: 'p99 latency' },
  ],
  prepare: (engine, { folder }) => engine.open(folder, { values: 'text', durability: 'relaxed' }),
};

export const setDurable = [
  durable(
    1,
    ['append-loop', 'lmdb'],
    [
      { against: 'append-loop', of: 'rate', atLeast: 1.15 },
      { against: 'append-loop', of: 'p50_ms', note: 'p50 latency' },
      { against: 'append-loop', of: 'p99_ms', note: 'p99 latency' },
      { against: 'lmdb', of: 'rate' },
    ],
  ),
  durable(64, ['append-loop'], [{ against: 'append-loop', of: 'rate', atLeast: 25 }]),
  durable(256, ['append-loop'], [{ against: 'append-loop', of: 'rate', atLeast: 80 }]),
];

/**
 * @param {number} duration_ms
 * @param {Engine} engine
 * @param {number} entries
 * @param {number} round
 * @param {number} clients
 */
async function setFor(duration_ms, engine, entries, round, clients) {
  /** @type {number[]} */
  const latencies_ms = [];
  // Rounds begin far apart, so that most keys are new in each.
  let next = round * 40_000;
  const start = performance.now();
  const end = start + duration_ms;

  const client = async () => {
    for (let before = performance.now(); before < end; ) {
      const i = next++ % entries;
      await engine.set(key(i), text(i));
      const after = performance.now();
      latencies_ms.push(after - before);
      before = after;
    }
  };
  await Promise.all(Array.from({ length: clients }, client));

  const rate = latencies_ms.length / (performance.now() - start);
  latencies_ms.sort((a, b) => a - b);
  const at = (/** @type {number} */ share) => latencies_ms[Math.floor(latencies_ms.length * share)] ?? 0;
  return { values: { rate, p50_ms: at(0.5), p99_ms: at(0.99) } };
}
