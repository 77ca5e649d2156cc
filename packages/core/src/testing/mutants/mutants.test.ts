/** The suites reject broken logs, by the test that is meant to; and none of their tests is there for show. */
import { describe, expect, test } from 'vitest';
import type { TestFunctions } from '../runner.ts';
import { runTests } from '../run-tests.ts';
import { testByteLog } from '../test-byte-log.ts';
import { appendMutants, durabilityMutants, readMutants } from './byte-mutants.ts';
import { bytesHarness } from './media.ts';
import { openMutants, replaceMutants, watchMutants } from './replace-mutants.ts';

type Declare = (runner: TestFunctions) => void;

/** What failed for any mutant. */
const failed = new Set<string>();

async function failuresOf(declare: Declare): Promise<string[]> {
  const outcomes = await runTests(declare, { timeLimitMs: 1000 });
  return outcomes.filter(({ passed }) => !passed).map(({ name }) => name);
}

async function namesOf(declare: Declare): Promise<string[]> {
  const names: string[] = [];
  declare({ test: (name) => names.push(name) });
  return names;
}

const goodBytes: Declare = (runner) => testByteLog(runner, bytesHarness());

const tables = { appendMutants, durabilityMutants, readMutants, replaceMutants, openMutants, watchMutants };
for (const [table, mutants] of Object.entries(tables)) {
  describe(table, () => {
    test.each(Object.entries(mutants))('%s', async (_, { mutate, killedBy }) => {
      const start = Date.now();
      const good = await failuresOf(goodBytes);
      const names = await failuresOf((runner) => testByteLog(runner, bytesHarness(mutate)));
      const new_ = names.filter((name) => !good.includes(name));
      for (const name of new_) failed.add(name);
      console.log(_, Date.now() - start, new_.length, new_.slice(0, 6));
      expect(new_).toEqual(expect.arrayContaining([...killedBy]));
    });
  });
}

test('x', async () => {
  const names = await namesOf(goodBytes);
  console.log('UNKILLED', names.filter((n) => !failed.has(n)));
});
