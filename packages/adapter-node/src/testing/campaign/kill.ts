/**
 * The kill list: `npm run campaign:mutants -- [name]`. Runs the campaign on each bug of mutants.ts until it finds it, as
 * many bugs at a time as there are cores, and prints a table. Ends with exit code 1 when one survives.
 */
import { availableParallelism } from 'node:os';
import { type Mutant, mutants } from './mutants.ts';
import type { Outcome } from './worker.ts';
import { runCases } from './workers.ts';

/** What a bug survives, the campaign does not find. The default campaign makes ten times as many. */
const IMAGES_MOST = 20_000;

type Failure = Outcome & { failure: string };

const [wanted = ''] = process.argv.slice(2);
const chosen = mutants.filter(({ name }) => name.includes(wanted));
const width = Math.max(...chosen.map(({ name }) => name.length));
let killed = 0;
const waiting = chosen.values();
await Promise.all(Array.from({ length: availableParallelism() }, killNext));
process.stdout.write(`${killed} of ${chosen.length} killed\n`);
process.exitCode = killed === chosen.length ? 0 : 1;

async function killNext(): Promise<void> {
  for (const mutant of waiting) await tryOut(mutant);
}

async function tryOut({ name, patches, seed = 1 }: Mutant): Promise<void> {
  let images = 0;
  let failure: Failure | undefined;
  await runCases({
    seed,
    patches,
    processes: 1,
    onOutcome: (outcome) => {
      if ('failure' in outcome) failure ??= outcome;
      else images += outcome.images;
      return failure === undefined && images < IMAGES_MOST;
    },
  });
  const result = failure === undefined ? `SURVIVED ${images} images` : reasonOf(failure);
  // What does not load was not tried.
  if (failure !== undefined && !failure.failure.includes('has not exactly one')) killed++;
  process.stdout.write(`${name.padEnd(width)}  ${result}\n`);
}

function reasonOf({ seed, failure }: Failure): string {
  const reason = failure.match(/.* has not exactly one.*/)?.[0] ?? failure.split('\n', 1)[0];
  return `killed by case ${seed}: ${reason}`;
}
