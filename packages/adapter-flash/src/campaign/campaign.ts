/**
 * The power-cut campaign. A workload runs once, undisturbed, while every call of the flash is noted. Then, for each
 * program unit and each erase of it, the flash is brought to that point, cut, and opened again: the store must hold
 * what it held before the operation that was cut, or what it was to hold after it. It goes on with other operations,
 * is cut again at a point drawn from the seed, opened, and must hold the right thing again; and it must take writes.
 */

import { Random } from '@isokv/core/testing';
import { open } from '../../test/whole.ts';
import type { DeviceStore } from '../device/open.ts';
import {
  CUT_MODELS,
  type CutModel,
  type FlashCall,
  type Geometry,
  SimulatedFlash,
  simulatedFlash,
} from '../testing/simulated-flash.ts';
import {
  applied,
  apply,
  Clock,
  type Content,
  drawOperation,
  expected,
  found,
  type Operation,
} from './workload.ts';

type Open = typeof open;

/** All that one run of a workload depends on. */
export interface Trial {
  readonly seed: number;
  readonly geometry: Geometry;
  readonly model: CutModel;
}

export interface Outcome {
  cuts: number;
  /** Operations that were refused for want of room. */
  refused: number;
  /** What went wrong, with what it takes to see it again. */
  readonly violations: string[];
}

/** How many operations the first session makes, and each one after a cut. */
const OPERATIONS = 40;
const OPERATIONS_AFTER = 4;

export const GEOMETRIES: readonly Geometry[] = [3, 4, 5, 8].flatMap((pageCount) =>
  [512, 1024, 4096].flatMap((pageSize) =>
    ([4, 8, 16] as const).map((programUnit) => ({ pageSize, pageCount, programUnit })),
  ),
);

/** The trial with this number: geometries and models take turns, and each has a workload of its own. */
export function trialOf(seed: number): Trial {
  const geometry = GEOMETRIES[seed % GEOMETRIES.length] as Geometry;
  const model = CUT_MODELS[Math.floor(seed / GEOMETRIES.length) % CUT_MODELS.length] as CutModel;
  return { seed, geometry, model };
}

interface Step {
  readonly call: FlashCall;
  /** The operation that made it. */
  readonly operation: number;
}

/** A session: its calls, and what the store held before each operation and at the end. */
interface Session {
  readonly steps: Step[];
  readonly contents: Content[];
  readonly clocks: number[];
}

/** Opens the store, which must hold one of `starts`, and runs operations on it. */
function run(
  openStore: Open,
  flash: SimulatedFlash,
  clock: Clock,
  starts: readonly Content[],
  when: string,
  operations: readonly Operation[],
  outcome: Outcome,
): Session {
  const session: Session = { steps: [], contents: [], clocks: [clock.ms] };
  const store = openStore(flash, { now: () => clock.ms, index: clock.index });
  let content = heldOf(store, clock, starts, when);
  session.contents[0] = content;
  for (const [index, operation] of operations.entries()) {
    clock.ms += 1000;
    flash.journal = [];
    try {
      apply(store, operation);
      content = applied(content, operation, clock);
    } catch (error) {
      if ((error as { code?: string }).code !== 'ENOSPC') throw error;
      outcome.refused++;
    }
    for (const call of flash.journal) session.steps.push({ call, operation: index });
    session.contents.push(content);
    session.clocks.push(clock.ms);
  }
  flash.journal = undefined;
  return session;
}

/** Runs one trial. `cutAt` and `openStore` are for seeing one cut alone, and for planted bugs. */
export function runTrial(
  trial: Trial,
  { openStore = open, stride = 1 }: { openStore?: Open; stride?: number } = {},
): Outcome {
  const { seed, geometry, model } = trial;
  const outcome: Outcome = { cuts: 0, refused: 0, violations: [] };
  const random = new Random(seed * 2 + 1);
  const flash = simulatedFlash(geometry, seed);
  const clock = clockOf(seed);
  let cut = 0;
  const attempt = (what: string, task: () => void): void => {
    try {
      task();
    } catch (error) {
      outcome.violations.push(
        `${what} of seed ${seed} (${geometry.pageCount} x ${geometry.pageSize}, unit ${geometry.programUnit}, ${model}): ${(error as Error).message}`,
      );
    }
  };
  const operations = Array.from({ length: OPERATIONS }, () => drawOperation(random, geometry));
  let session: Session | undefined;
  attempt('the workload', () => {
    session = run(openStore, flash, clock, [new Map()], 'when it is new', operations, outcome);
    check(flash);
  });
  if (!session) return outcome;
  const base = simulatedFlash(geometry, seed);
  for (const { call, operation } of session.steps) {
    const steps = SimulatedFlash.steps(call, geometry.programUnit);
    for (let step = 0; step < steps; step++) {
      if (cut++ % stride !== 0) continue;
      attempt(`cut ${cut}`, () =>
        cutTwice(openStore, trial, base, call, step, session as Session, operation, cut, outcome),
      );
    }
    if ('erase' in call) base.erase(call.erase);
    else base.program(call.program, call.bytes);
  }
  return outcome;
}

function cutTwice(
  openStore: Open,
  { seed, geometry, model }: Trial,
  base: SimulatedFlash,
  call: FlashCall,
  step: number,
  session: Session,
  operation: number,
  cut: number,
  outcome: Outcome,
): void {
  const random = new Random(seed * 7919 + cut);
  const flash = base.copy(random.below(2 ** 31));
  flash.cut(call, step, model);
  outcome.cuts++;
  flash.restore();
  const clock = clockOf(seed);
  clock.ms = session.clocks[operation + 1] as number;
  const may = [session.contents[operation] as Content, session.contents[operation + 1] as Content];
  const operations = Array.from({ length: OPERATIONS_AFTER }, () => drawOperation(random, geometry));
  const second = flash.copy(random.below(2 ** 31));
  const after = run(openStore, flash, clock, may, 'after the cut', operations, outcome);
  check(flash);
  holds(openStore, flash, clock, after, 'after the recovery');
  const { steps } = after;
  if (steps.length === 0) return;
  const at = random.below(steps.length);
  for (const { call } of steps.slice(0, at)) {
    if ('erase' in call) second.erase(call.erase);
    else second.program(call.program, call.bytes);
  }
  const last = steps[at] as Step;
  second.cut(last.call, random.below(SimulatedFlash.steps(last.call, geometry.programUnit)), model);
  outcome.cuts++;
  second.restore();
  clock.ms = after.clocks[last.operation + 1] as number;
  const mayBe = [after.contents[last.operation] as Content, after.contents[last.operation + 1] as Content];
  // Until something is written what the first cut left may read either way.
  if (after.contents[last.operation] === after.contents[0]) mayBe.push(...may);
  const more = Array.from({ length: 2 }, () => drawOperation(random, geometry));
  const end = run(openStore, second, clock, mayBe, 'after the second cut', more, outcome);
  check(second);
  holds(openStore, second, clock, end, 'at the end');
}

/** Every third trial does without an index. */
function clockOf(seed: number): Clock {
  const clock = new Clock();
  clock.index = seed % 3 === 0 ? 0 : 200;
  return clock;
}

function check(flash: SimulatedFlash): void {
  if (flash.violations.length > 0) throw new Error(flash.violations[0]);
}

/** @returns which of these contents the store holds */
function heldOf(store: DeviceStore, clock: Clock, contents: readonly Content[], when: string): Content {
  const text = found(store);
  const content = contents.find((candidate) => expected(candidate, clock) === text);
  if (content) return content;
  const texts = contents.map((candidate) => expected(candidate, clock));
  throw new Error(`${when} it holds\n${text}\ninstead of\n${texts.join('\nor\n')}`);
}

/** Checks what a session left, as a new one finds it. */
function holds(
  openStore: Open,
  flash: SimulatedFlash,
  clock: Clock,
  { contents }: Session,
  when: string,
): void {
  heldOf(
    openStore(flash, { now: () => clock.ms, index: clock.index }),
    clock,
    [contents.at(-1) as Content],
    when,
  );
}
