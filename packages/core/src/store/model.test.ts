/** Stores against a reference model. How to replay a case and to run a campaign: test/model/model-test.ts. */
import { test } from 'vitest';
import { inDocument, memory } from '../../../../test/model/media.ts';
import { modelTest, TEST_TIMEOUT_MS } from '../../../../test/model/model-test.ts';

test('a store over memoryLog is a map of maps', () => modelTest(memory, 100), TEST_TIMEOUT_MS);

test('a store over documentLog is a map of maps', () => modelTest(inDocument, 80), TEST_TIMEOUT_MS);

test(
  'a store with limits out of reach is a map of maps',
  () => modelTest(memory, 40, { maxEntries: 1_000_000, maxBytes: 1e9, eviction: 'lru' }),
  TEST_TIMEOUT_MS,
);
