import type { LogCapabilities } from '../log/log.ts';
import type { Harness, Medium } from './harness.ts';
import type { TestFunctions } from './runner.ts';

/** What one test plays on: an empty medium, and more if it asks. Everything is closed and freed at its end. */
export interface Stage<Handle> {
  readonly capabilities: LogCapabilities;
  readonly patienceMs: number;
  readonly medium: Medium<Handle>;
  /** Another empty medium. */
  create(): Promise<Medium<Handle>>;
  /** The medium as a new process would find it, had this one been killed now. */
  crash(): Promise<Medium<Handle>>;
  /** Does something when the test has ended, last things first. */
  atEnd(task: () => unknown): void;
}

/** Declares a test that gets a stage. */
export type StageTest<Handle> = (name: string, body: (stage: Stage<Handle>) => Promise<void>) => void;

/** A part of a suite: declares the tests that the harness's capabilities call for. */
export type Part<Handle, H extends Harness<Handle> = Harness<Handle>> = (
  test: StageTest<Handle>,
  harness: H,
) => void;

/** Turns a runner's `test` into one whose bodies get a stage. */
export function onStage<Handle>(runner: TestFunctions, harness: Harness<Handle>): StageTest<Handle> {
  return (name, body) => runner.test(name, () => play(harness, body));
}

async function play<Handle>(
  harness: Harness<Handle>,
  body: (stage: Stage<Handle>) => Promise<void>,
): Promise<void> {
  const tasks: (() => unknown)[] = [];
  const media = new Set<Medium<Handle>>();
  const keep = (medium: Medium<Handle>): Medium<Handle> => {
    if (!media.has(medium)) tasks.push(() => medium.cleanup?.());
    media.add(medium);
    return medium;
  };
  const create = async (): Promise<Medium<Handle>> => keep(await harness.create());
  const medium = await create();
  const crash = async (): Promise<Medium<Handle>> => {
    if (!harness.crash) throw new Error('this harness has no crash()');
    return keep(await harness.crash(medium));
  };
  const { capabilities, patienceMs = 2000 } = harness;
  const errors: unknown[] = [];
  const attempt = async (task: () => unknown): Promise<void> => {
    try {
      await task();
    } catch (error) {
      errors.push(error);
    }
  };
  await attempt(() =>
    body({ capabilities, patienceMs, medium, create, crash, atEnd: (task) => tasks.push(task) }),
  );
  for (const task of tasks.reverse()) await attempt(task);
  // What the test itself threw comes first; the rest may follow from it.
  if (errors.length > 0) throw errors[0];
}
