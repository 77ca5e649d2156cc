/** A process that runs cases: told a seed, it answers with what came of it. */
import { type CaseResult, runCase } from './case.ts';
import { install } from './determinism.ts';

export type Outcome = { readonly seed: number } & (CaseResult | { readonly failure: string });

install();
process.on('SIGINT', () => undefined); // Who started it ends it.
process.on('disconnect', () => process.exit());
process.on('message', (seed: number) => {
  runCase(seed).then(
    (result) => process.send?.({ seed, ...result }),
    (error: unknown) => process.send?.({ seed, failure: textOf(error) }),
  );
});

function textOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause instanceof Error ? `\n  because of ${error.cause.stack}` : '';
  return error.name === 'Error' ? `${error.message}${cause}` : String(error.stack);
}
