/** The suites in other runners: without groups, without any runner, and what they declare. */
import { expect, test } from 'vitest';
import { memoryBytes } from '../log/memory-log.ts';
import { bytesHarness, documentHarness, exclusiveHarness } from './mutants/media.ts';
import { runTests } from './run-tests.ts';
import type { TestFunctions } from './runner.ts';
import { testByteLog } from './test-byte-log.ts';
import { testDocument } from './test-document.ts';

test('a test that fails, and one that takes too long, are told from one that passes', async () => {
  const error = new Error('no');
  const outcomes = await runTests(
    ({ test: declare }) => {
      declare('passes', async () => {});
      declare('fails', () => Promise.reject(error));
      declare('hangs', () => new Promise(() => {}));
    },
    { timeLimitMs: 20 },
  );
  expect(outcomes.map(({ name, passed }) => [name, passed])).toEqual([
    ['passes', true],
    ['fails', false],
    ['hangs', false],
  ]);
  expect(outcomes[1]?.error).toBe(error);
});

test('the capabilities decide which tests there are', () => {
  const shared = namesOf((runner) => testByteLog(runner, bytesHarness()));
  const exclusive = namesOf((runner) => testByteLog(runner, exclusiveHarness()));
  const memory = namesOf((runner) =>
    testByteLog(runner, {
      capabilities: memoryBytes().capabilities,
      create: () => ({ handle: () => memoryBytes() }),
    }),
  );
  const has = (names: string[], part: string): boolean => names.some((name) => name.startsWith(part));
  expect([shared, exclusive, memory].map((names) => has(names, 'several writers'))).toEqual([
    true,
    false,
    true,
  ]);
  expect([shared, exclusive, memory].map((names) => has(names, 'watch'))).toEqual([true, false, true]);
  expect([shared, exclusive, memory].map((names) => has(names, 'a crash'))).toEqual([true, true, false]);
  expect(shared).toContain('a crash: what was acknowledged as strict is there');
  expect(exclusive).not.toContain('a crash: what was acknowledged as strict is there');
});

test('every test has a name of its own, with or without groups', () => {
  for (const declare of [
    (runner: TestFunctions) => testByteLog(runner, bytesHarness()),
    (runner: TestFunctions) => testDocument(runner, documentHarness({ versions: true })),
  ]) {
    const flat = namesOf(declare);
    const grouped: string[] = [];
    let group = '';
    declare({
      describe(name, body) {
        group = name;
        body();
      },
      test: (name) => grouped.push(`${group}: ${name}`),
    });
    expect(grouped).toEqual(flat);
    expect(new Set(flat).size).toBe(flat.length);
  }
});

test('how many tests there are', () => {
  const counts: Record<string, number> = {};
  for (const name of namesOf((runner) => {
    testByteLog(runner, bytesHarness());
    testDocument(
      { test: (title, body) => title.startsWith('document') && runner.test(title, body) },
      documentHarness({ versions: true }),
    );
  })) {
    const group = name.slice(0, name.lastIndexOf(': ')).split(': ')[0] as string;
    counts[group] = (counts[group] ?? 0) + 1;
  }
  expect(counts).toMatchInlineSnapshot(`
    {
      "a crash": 5,
      "append": 8,
      "append bytes": 8,
      "appendSync": 8,
      "bytes at once": 5,
      "capabilities": 4,
      "destroy": 6,
      "document": 11,
      "document versions": 8,
      "document watch": 1,
      "open": 11,
      "read": 5,
      "read bytes": 5,
      "readers": 4,
      "replace": 10,
      "replace bytes": 9,
      "set aside": 2,
      "settled bytes": 7,
      "several writers": 9,
      "several writers of bytes": 2,
      "states of a log": 10,
      "store, a namespace, at once": 3,
      "store, a namespace, commits": 8,
      "store, a namespace, lifecycle": 4,
      "store, a namespace, several stores": 3,
      "store, a namespace, values": 6,
      "store, the default namespace, at once": 3,
      "store, the default namespace, commits": 8,
      "store, the default namespace, lifecycle": 4,
      "store, the default namespace, several stores": 3,
      "store, the default namespace, values": 6,
      "truncate bytes": 6,
      "watch": 4,
    }
  `);
});

function namesOf(declare: (runner: TestFunctions) => void): string[] {
  const names: string[] = [];
  declare({ test: (name) => names.push(name) });
  return names;
}
