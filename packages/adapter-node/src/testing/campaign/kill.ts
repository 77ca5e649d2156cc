/**
 * The kill list: `npm run campaign:mutants -- [name]`. Runs the campaign on each bug of mutants.ts until it finds it, and
 * prints a table. Ends with exit code 1 when one survives.
 */
import { mutants } from './mutants.ts';
import { runCases } from './workers.ts';

/** What a bug survives, the campaign does not find. The default campaign makes ten times as many. */
const IMAGES_MOST = 20_000;

const [wanted = ''] = process.argv.slice(2);
const chosen = mutants.filter(({ name }) => name.includes(wanted));
const width = Math.max(...chosen.map(({ name }) => name.length));
let killed = 0;
for (const { name, patches } of chosen) {
  let images = 0;
  let failure: string | undefined;
  await runCases({
    seed: 1,
    patches,
    onOutcome: (outcome) => {
      if ('failure' in outcome) failure ??= outcome.failure;
      else images += outcome.images;
      return failure === undefined && images < IMAGES_MOST;
    },
  });
  const result = failure === undefined ? `SURVIVED ${images} images` : reasonOf(failure);
  // What does not load was not tried.
  if (failure !== undefined && !failure.includes('has not exactly one')) killed++;
  process.stdout.write(`${name.padEnd(width)}  ${result}\n`);
}
process.stdout.write(`${killed} of ${chosen.length} killed\n`);
process.exitCode = killed === chosen.length ? 0 : 1;

function reasonOf(failure: string): string {
  const reason = failure.match(/.* has not exactly one.*/)?.[0] ?? failure.split('\n', 1)[0];
  return `killed: ${reason}`;
}
