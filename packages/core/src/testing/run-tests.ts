import type { TestFunctions } from './runner.ts';

/** How a test ended. */
export interface TestOutcome {
  /** The names of its groups and its own, joined by `: `. */
  readonly name: string;
  readonly passed: boolean;
  /** Why it failed. */
  readonly error?: unknown;
}

export interface RunTestsOptions {
  /** A test that takes longer has failed. Milliseconds, 10 000 if not given. */
  readonly timeLimitMs?: number;
  /** Called as each test ends. */
  readonly onOutcome?: (outcome: TestOutcome) => void;
}

/** Runs a suite, one test after another, where there is no test runner: in a page, a worker, on a device. */
export async function runTests(
  declare: (runner: TestFunctions) => void,
  { timeLimitMs = 10_000, onOutcome }: RunTestsOptions = {},
): Promise<TestOutcome[]> {
  const tests: { name: string; body: () => Promise<void> }[] = [];
  declare({ test: (name, body) => tests.push({ name, body }) });
  const outcomes: TestOutcome[] = [];
  for (const { name, body } of tests) {
    const outcome = await outcomeOf(name, body, timeLimitMs);
    outcomes.push(outcome);
    onOutcome?.(outcome);
  }
  return outcomes;
}

async function outcomeOf(name: string, body: () => Promise<void>, timeLimitMs: number): Promise<TestOutcome> {
  let late = (): void => {};
  const limit = new Promise<never>((_, reject) => {
    late = () => reject(new Error(`took longer than ${timeLimitMs} ms`));
  });
  const timer = setTimeout(late, timeLimitMs);
  try {
    await Promise.race([body(), limit]);
    return { name, passed: true };
  } catch (error) {
    return { name, passed: false, error };
  } finally {
    clearTimeout(timer);
  }
}
