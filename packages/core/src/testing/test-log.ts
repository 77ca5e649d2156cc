import type { Log } from '../log/log.ts';
import type { LogHarness, Medium } from './harness.ts';
import { appending } from './log/append.ts';
import { capabilities } from './log/capabilities.ts';
import { crashing } from './log/crash.ts';
import { destroying } from './log/destroy.ts';
import { opening } from './log/open.ts';
import { reading } from './log/read.ts';
import { readers } from './log/readers.ts';
import { replacing } from './log/replace.ts';
import { sharing } from './log/shared.ts';
import { states } from './log/states.ts';
import { appendingSync } from './log/sync.ts';
import { watching } from './log/watch.ts';
import { groups, type TestFunctions } from './runner.ts';
import { onStage } from './stage.ts';
import { testStore } from './test-store.ts';

const parts = {
  capabilities,
  open: opening,
  append: appending,
  appendSync: appendingSync,
  read: reading,
  replace: replacing,
  'states of a log': states,
  destroy: destroying,
  'a crash': crashing,
  'several writers': sharing,
  readers,
  watch: watching,
};

/**
 * Declares the tests that every `Log` must pass, and those of a `Store` on it:
 *
 *     import * as vitest from 'vitest';
 *
 *     testLog(vitest, {
 *       capabilities: {
 *         name: 'file',
 *         durability: ['strict', 'relaxed'],
 *         shared: false,
 *         persistent: true,
 *         readers: true,
 *         syncAppend: false,
 *       },
 *       create: () => mediumAt(temporaryPath()),
 *       crash: async (medium) => mediumAt(await copy(medium.path)),
 *     });
 */
export function testLog<M extends Medium<Log>>(runner: TestFunctions, harness: LogHarness<M>): void {
  const plain = harness as LogHarness;
  groups(runner, parts, (part, grouped) => part(onStage(grouped, plain), plain));
  testStore(runner, plain);
}
