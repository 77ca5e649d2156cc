/** The suites reject broken logs, by the tests that are meant to; and none of their tests is there for show. */
import { describe, expect, test } from 'vitest';
import type { ByteLog, Log } from '../../log/log.ts';
import { syncFrameLog } from '../../log/sync-frame-log.ts';
import { type LogHarness, mapHarness } from '../harness.ts';
import { runTests } from '../run-tests.ts';
import type { TestFunctions } from '../runner.ts';
import { testByteLog } from '../test-byte-log.ts';
import { testDocument } from '../test-document.ts';
import { testLog } from '../test-log.ts';
import { testStore } from '../test-store.ts';
import { appendMutants } from './append-mutants.ts';
import { asideMutants } from './aside-mutants.ts';
import { capabilityMutants } from './capability-mutants.ts';
import { documentMutants } from './document-mutants.ts';
import { durabilityMutants } from './durability-mutants.ts';
import { logMutants } from './log-mutants.ts';
import { bytesHarness, declaring, documentHarness } from './media.ts';
import type { ByteMutant, LogMutant } from './mutant.ts';
import { openMutants } from './open-mutants.ts';
import { readMutants } from './read-mutants.ts';
import { replaceMutants } from './replace-mutants.ts';
import { syncMutants } from './sync-mutants.ts';
import { watchMutants } from './watch-mutants.ts';

type Declare = (runner: TestFunctions) => void;

/** A log must be told from a broken one without a store on it; what runs on stores has a table of its own. */
const unlessStore = only((name) => !name.startsWith('store, '));
const ifDocument = only((name) => name.startsWith('document'));

const goodBytes: Declare = unlessStore((runner) => testByteLog(runner, bytesHarness()));
const goodLog: Declare = unlessStore((runner) => testLog(runner, mapHarness(bytesHarness(), syncFrameLog)));
const goodDocument: Declare = ifDocument((runner) =>
  testDocument(runner, documentHarness({ versions: true })),
);
const goodStore: Declare = (runner) => testStore(runner, mapHarness(bytesHarness(), syncFrameLog));

/** The tests that failed for some mutant. */
const failed = new Set<string>();

for (const [table, mutants] of Object.entries({
  'append mutants': appendMutants,
  'durability mutants': durabilityMutants,
  'read mutants': readMutants,
  'replace mutants': replaceMutants,
  'set-aside mutants': asideMutants,
  'open mutants': openMutants,
  'watch mutants': watchMutants,
  'sync mutants': syncMutants,
})) {
  reject(table, mutants, goodBytes, ({ mutate }) =>
    unlessStore((runner) => testByteLog(runner, bytesHarness(mutate))),
  );
}

reject('log mutants', logMutants, goodLog, (mutant) =>
  unlessStore((runner) => testLog(runner, brokenLog(mutant))),
);

reject('document mutants', documentMutants, goodDocument, ({ mutate }) =>
  ifDocument((runner) => testDocument(runner, documentHarness({ versions: true, mutate }))),
);

reject('capability mutants', capabilityMutants, goodBytes, ({ capabilities, promised = capabilities }) =>
  unlessStore((runner) =>
    testByteLog(
      runner,
      bytesHarness((bytes) => declaring(bytes, capabilities), promised),
    ),
  ),
);

describe('stores on mutants', () => {
  const bytes = {
    ...durabilityMutants,
    ...openMutants,
    ...watchMutants,
    ...replaceMutants,
    ...appendMutants,
    ...syncMutants,
  };
  const names = [
    'acknowledges before it has written',
    'lies about relaxed',
    'never says MISSING',
    'never says EXISTS',
    'destroys nothing',
    'never tells',
    'loses the last byte of an append',
    'removes the old content before it has the new',
    'takes a replace back, if nothing is appended after it',
    'writes no more than 1 MiB of an append and says nothing',
    'appends later what it was to append at once',
    'forgets what is under way',
    'shows readers nothing new',
    'replaces later than it has asked',
  ];
  test.each(names)('%s', { timeout: 120_000 }, async (name) => {
    const { mutate } = bytes[name] as ByteMutant;
    const harness: LogHarness = mapHarness(bytesHarness(mutate), syncFrameLog);
    const killers = await failuresOf((runner) => testStore(runner, harness));
    for (const killer of killers) failed.add(killer);
    expect(killers.size).toBeGreaterThan(0);
  });

  test.each(['loses the second append', 'drops what is not a put'])('%s', async (name) => {
    const killers = await failuresOf((runner) => testStore(runner, brokenLog(logMutants[name] as LogMutant)));
    for (const killer of killers) failed.add(killer);
    expect(killers.size).toBeGreaterThan(0);
  });
});

test('every test of the suites fails for some mutant', async () => {
  const names = new Set([goodBytes, goodLog, goodDocument, goodStore].flatMap(namesOf));
  expect(names.size).toBeGreaterThan(150);
  expect([...names].filter((name) => !failed.has(name))).toEqual([]);
});

/** Proves of each mutant that the tests it names fail for it, and do not for what it is made of. */
function reject<M extends { killedBy: readonly string[] }>(
  table: string,
  mutants: Record<string, M>,
  good: Declare,
  broken: (mutant: M) => Declare,
): void {
  describe(table, () => {
    let before: Promise<Set<string>> | undefined;
    test.each(Object.entries(mutants))('%s', { timeout: 120_000 }, async (_, mutant) => {
      before ??= failuresOf(good);
      expect(await before).toEqual(new Set());
      const killers = await failuresOf(broken(mutant));
      for (const name of killers) failed.add(name);
      expect([...killers]).toEqual(expect.arrayContaining([...mutant.killedBy]));
    });
  });
}

function brokenLog({ mutate }: LogMutant): LogHarness {
  return mapHarness<ByteLog, Log>(bytesHarness(), (bytes) => mutate(syncFrameLog(bytes)));
}

function only(wanted: (name: string) => boolean): (declare: Declare) => Declare {
  return (declare) => (runner) => {
    declare({ test: (name, body) => wanted(name) && runner.test(name, body) });
  };
}

async function failuresOf(declare: Declare): Promise<Set<string>> {
  const outcomes = await runTests(declare, { timeLimitMs: 2000 });
  return new Set(outcomes.filter(({ passed }) => !passed).map(({ name }) => name));
}

function namesOf(declare: Declare): string[] {
  const names: string[] = [];
  declare({ test: (name) => names.push(name) });
  return names;
}
