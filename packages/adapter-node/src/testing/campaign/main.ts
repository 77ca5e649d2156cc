/**
 * The crash campaign: `npm run campaign -- [--images N] [--seed N]`. Ends with its figures, and with exit code 1
 * at the first failure, which it says how to see again. Ctrl-C ends it with the figures so far.
 */
import { parseArgs } from 'node:util';
import type { Outcome } from './worker.ts';
import { runCases } from './workers.ts';

const { values } = parseArgs({
  options: {
    /** How many images there are to be, at least. */
    images: { type: 'string', default: '200000' },
    /** The first seed. */
    seed: { type: 'string', default: '1' },
    /** Runs the case of one seed, and no other. */
    case: { type: 'string' },
  },
});
const images = values.case === undefined ? Number(values.images) : 1;
const seed = Number(values.case ?? values.seed);
if (!Number.isSafeInteger(images) || images < 1 || !Number.isSafeInteger(seed)) {
  throw new RangeError('--images, --seed and --case are whole numbers');
}

const PROGRESS_MS = 10_000;
const begun = performance.now();
const sum = { cases: 0, calls: 0, images: 0, nested: 0 };
const failures: (Outcome & { failure: string })[] = [];
let shown = begun;
let interrupted = false;
process.on('SIGINT', () => {
  interrupted = true;
});

await runCases({ seed, ...(values.case !== undefined && { processes: 1 }), onOutcome });
say(`${figures()} in ${seconds()} s${interrupted ? ', interrupted' : ''}`);
for (const { seed, failure } of failures) {
  say(`\nFAILED: case ${seed}\n${failure}\n\nto see it again, alone:\n  npm run campaign -- --case ${seed}`);
}
process.exitCode = failures.length > 0 ? 1 : interrupted ? 130 : 0;

function onOutcome(outcome: Outcome): boolean {
  if ('failure' in outcome) {
    failures.push(outcome);
    return false;
  }
  sum.cases++;
  sum.calls += outcome.calls;
  sum.images += outcome.images;
  sum.nested += outcome.nested;
  if (performance.now() - shown > PROGRESS_MS) {
    shown = performance.now();
    say(`${figures()} after ${seconds()} s`);
  }
  return sum.images < images && !interrupted;
}

function figures(): string {
  const { cases, calls, images, nested } = sum;
  const figure = (value: number) => value.toLocaleString('en');
  return `${figure(images)} images (${figure(nested)} of a store that was itself opened on one) of ${figure(cases)} cases, crashed at ${figure(calls)} calls`;
}

function seconds(): string {
  return ((performance.now() - begun) / 1000).toFixed(0);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
