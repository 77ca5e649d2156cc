import type { Log } from '../log/log.ts';
import type { LogHarness } from './harness.ts';
import { groups, type TestFunctions } from './runner.ts';
import { onStage } from './stage.ts';
import { committing } from './store/commits.ts';
import { lifecycle } from './store/lifecycle.ts';
import { places } from './store/open-store.ts';
import { sharedStores } from './store/shared.ts';
import { refreshing } from './store/sync.ts';
import { values } from './store/values.ts';

const parts = {
  values,
  commits: committing,
  lifecycle,
  'at once': refreshing,
  'several stores': sharedStores,
};

/** Declares the tests of a store on a log: once in its default namespace and once in another. */
export function testStore(runner: TestFunctions, harness: LogHarness): void {
  for (const place of places) {
    const named = Object.entries(parts).map(
      ([name, part]) => [`store, ${place.name}, ${name}`, part(place)] as const,
    );
    groups(runner, Object.fromEntries(named), (part, grouped) =>
      part(onStage<Log>(grouped, harness), harness),
    );
  }
}
