/** The two functions that a suite needs of a test runner. Those of vitest, jest, mocha and node:test fit. */
export interface TestFunctions {
  /** Puts the tests that its body declares under one name. Without it the group's name leads each test's. */
  readonly describe?: (name: string, body: () => void) => unknown;
  /** Declares a test; it passes when the promise of its body resolves. Mocha calls it `it`. */
  readonly test: (name: string, body: () => Promise<void>) => unknown;
}

/** Declares a group of tests; none, if its body declares none (some runners refuse an empty group). */
function group(runner: TestFunctions, name: string, body: (runner: TestFunctions) => void): void {
  const { describe, test } = runner;
  const tests: [title: string, run: () => Promise<void>][] = [];
  body({ test: (title, run) => tests.push([title, run]) });
  if (tests.length === 0) return;
  if (describe) describe(name, () => tests.forEach(([title, run]) => void test(title, run)));
  else for (const [title, run] of tests) test(`${name}: ${title}`, run);
}

/** Declares a group for each part, by its name. */
export function groups<Part>(
  runner: TestFunctions,
  parts: Record<string, Part>,
  body: (part: Part, runner: TestFunctions) => void,
): void {
  for (const [name, part] of Object.entries(parts)) group(runner, name, (grouped) => body(part, grouped));
}
