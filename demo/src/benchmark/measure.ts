/** Takes turns: every engine does every piece of work in each round, and a round begins with another engine. */
import type { Engine } from './engine.ts';
import { type Workload, workloads } from './workloads.ts';

/** How often, unless the address says `?rounds=…`. */
export const ROUNDS = Number(new URLSearchParams(location.search).get('rounds') ?? 5);
/** A piece of work is repeated until it has taken this long: the clocks of browsers are coarse. */
const LEAST_MS = 25;
/** And so often, unless that takes too long: one run alone may have met with something else. */
const LEAST_RUNS = 3;
const LONG_MS = 150;

export interface Result {
  readonly engine: string;
  readonly workload: Workload;
  /** The median of the rounds so far. */
  readonly operation_ms: number;
  readonly rounds: number;
}

/** @param isWanted asked between measurements whether to go on */
export async function measure(
  engines: readonly Engine[],
  onResult: (result: Result) => void,
  isWanted: () => boolean,
): Promise<void> {
  const times = new Map<string, number[]>();
  const opened: Engine[] = [];
  try {
    for (const engine of engines) {
      await engine.remove();
      await engine.open();
      opened.push(engine);
    }
    for (let round = 0; round < ROUNDS; round++) {
      for (const workload of workloads) {
        for (let turn = 0; turn < engines.length; turn++) {
          if (!isWanted()) return;
          const engine = engines[(turn + round) % engines.length]!;
          const key = `${workload.title}/${engine.name}`;
          const all = [...(times.get(key) ?? []), await timeOne(engine, workload)];
          times.set(key, all);
          await engine.settle?.();
          onResult({ engine: engine.name, workload, operation_ms: median(all), rounds: all.length });
          await new Promise(requestAnimationFrame); // So that the page is drawn, and not while one is timed.
        }
      }
    }
  } finally {
    for (const engine of opened) {
      await engine.close();
      await engine.remove();
    }
  }
}

async function timeOne(engine: Engine, workload: Workload): Promise<number> {
  let runs = 0;
  const start_ms = performance.now();
  let elapsed_ms = 0;
  do {
    await workload.run(engine);
    runs++;
    elapsed_ms = performance.now() - start_ms;
  } while (elapsed_ms < LEAST_MS || (runs < LEAST_RUNS && elapsed_ms < LONG_MS));
  return elapsed_ms / (runs * workload.operations);
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? 0;
}
