/**
 * The campaign of faults: the device throws in the middle of operations, and the session goes on. What was
 * acknowledged is there. What threw is there whole or not at all, and what a session has shown once stays.
 * Besides the store itself new ones say so, opened on a copy, and the two other readers, each on a copy of its own.
 */
import { Store } from '@isokv/core';
import { Random } from '@isokv/core/testing';
import { open } from '../../test/whole.ts';
import type { DeviceStore } from '../device/open.ts';
import { flashLog } from '../flash-log.ts';
import { inspectFlash } from '../image/inspect-flash.ts';
import { type Geometry, type SimulatedFlash, simulatedFlash } from '../testing/simulated-flash.ts';
import { Fault, FaultyFlash } from './faulty-flash.ts';
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

const GEOMETRIES: readonly Geometry[] = [
  { pageCount: 3, pageSize: 512, programUnit: 8 },
  { pageCount: 4, pageSize: 512, programUnit: 16 },
  { pageCount: 6, pageSize: 256, programUnit: 8 },
  { pageCount: 9, pageSize: 512, programUnit: 4 },
];
/** How many entries the index has room for: none, too few, enough. */
const INDEXES = [0, 6, 200];
const OPERATIONS = 120;
/** Each of so many operations the other readers look, too. */
const LOOK_EVERY = 8;

export interface FaultOutcome {
  /** Operations that threw what the device had thrown, or IO for it. */
  failed: number;
  refused: number;
  /** What went wrong first, with what it takes to see it again. */
  violation?: string;
}

interface Trial {
  readonly openStore: Open;
  readonly random: Random;
  readonly clock: Clock;
  readonly device: FaultyFlash;
  readonly outcome: FaultOutcome;
  /** Whether a call has failed since the session began: it may have left pages. */
  isHurt: boolean;
  store: DeviceStore;
  /** What the store shows. */
  shown: Content;
  /** What a new one may show: one of these, of which the first is shown. */
  may: Content[];
}

/** Runs the trial with this number. `openStore`: for planted bugs. */
export async function runFaultTrial(seed: number, openStore: Open = open): Promise<FaultOutcome> {
  const random = new Random(seed * 2 + 1);
  const geometry = random.pick(GEOMETRIES);
  const clock = new Clock();
  clock.index = random.pick(INDEXES);
  const device = new FaultyFlash(simulatedFlash(geometry, seed), random);
  const outcome: FaultOutcome = { failed: 0, refused: 0 };
  const nothing: Content = new Map();
  const known = { openStore, random, clock, device, outcome };
  const trial = { ...known, isHurt: false, shown: nothing, may: [nothing] } as unknown as Trial;
  let step = 0;
  try {
    reopen(trial);
    for (; step < OPERATIONS; step++) {
      operate(trial);
      if (step % LOOK_EVERY === 0) await look(trial);
    }
    await look(trial);
  } catch (error) {
    const { pageCount, pageSize, programUnit } = geometry;
    outcome.violation = `seed ${seed}, operation ${step} (${pageCount} x ${pageSize}, unit ${programUnit}, index ${clock.index}): ${(error as Error).message}`;
  }
  return outcome;
}

/** Opens a new store; what it shows was one of the things it might show. */
function reopen(trial: Trial): void {
  const { device, clock, random } = trial;
  const openIt = (): DeviceStore => trial.openStore(device, { now: () => clock.ms, index: clock.index });
  device.faults = 0;
  if (random.below(3) === 0) device.arm();
  try {
    trial.store = openIt();
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    device.disarm();
    trial.store = openIt();
  }
  device.disarm();
  trial.isHurt = device.faults > 0;
  trial.shown = oneOf(trial.may, found(trial.store), clock, 'a new session');
  seen(trial);
}

/** Makes one operation, with faults or without. */
function operate(trial: Trial): void {
  const { device, clock, random } = trial;
  clock.ms += 1000;
  const kind = random.below(12);
  if (kind === 0) {
    reopen(trial);
    return;
  }
  const operation = drawOperation(random, device);
  const isChange = kind > 1;
  if (random.below(3)) device.arm();
  else device.faults = 0;
  try {
    if (isChange) {
      apply(trial.store, operation);
      trial.shown = applied(trial.shown, operation, clock);
      trial.may = [trial.shown];
    } else trial.store.collect(2);
  } catch (error) {
    trial.isHurt ||= device.faults > 0;
    note(error, trial);
    if (isChange && device.faults > 0) doubt(trial, operation);
  }
  device.disarm();
  trial.isHurt ||= device.faults > 0;
  oneOf([trial.shown], found(trial.store), clock, 'the store');
  // A device that fails so often would leave no page to write to.
  if (device.faults > 0 && random.below(3) === 0) reopen(trial);
}

/** Of an operation that threw the store shows all or nothing; what a new one shows may be the other. */
function doubt(trial: Trial, operation: Operation): void {
  const { device, clock, store, shown } = trial;
  device.disarm();
  const after = applied(shown, operation, clock);
  trial.shown = oneOf([shown, after], found(store), clock, 'after an error the store');
  trial.may.push(after);
  seen(trial);
}

/** What is older than what has been shown does not come back. What threw may still come, until a write has succeeded. */
function seen(trial: Trial): void {
  trial.may = trial.may.slice(trial.may.indexOf(trial.shown));
}

function note(error: unknown, { isHurt, outcome }: Trial): void {
  const { code } = error as { code?: string };
  if (code === 'ENOSPC') outcome.refused++;
  else if (isHurt && (error instanceof Fault || code === 'IO')) outcome.failed++;
  else throw error;
}

/** Has all readers look at copies of the flash. */
async function look({ device, clock, may, openStore }: Trial): Promise<void> {
  const { flash } = device;
  if (flash.violations.length > 0) throw new Error(flash.violations[0]);
  const now = (): number => clock.ms;
  const text = found(openStore(flash.copy(), { now, index: clock.index }));
  oneOf(may, text, clock, 'a new store');
  same(await foundByLog(flash.copy(), clock), text, 'flashLog');
  const { damage, pages } = inspectFlash(flash.copy(), { now });
  if (damage.length > 0) throw new Error(`inspectFlash finds damage: ${damage[0]?.message}`);
  const keys = pages
    .flatMap(({ records }) => records.flatMap((record) => record.entries))
    .filter((entry) => entry.isLive && entry.kind !== 'chunk')
    .map((entry) => `${entry.namespace}/${entry.key}`);
  same(keys.sort().join('\n'), keysOf(text), 'inspectFlash');
}

async function foundByLog(flash: SimulatedFlash, clock: Clock): Promise<string> {
  const store = await Store.open(flashLog(flash), { now: () => clock.ms });
  const text = found({ namespace: (name) => (name === '' ? store : store.namespace(name)) });
  await store.close();
  return text;
}

function keysOf(text: string): string {
  return text
    .split('\n')
    .map((line) => line.split('=', 1)[0])
    .sort()
    .join('\n');
}

/** @returns which of these contents is shown */
function oneOf(contents: readonly Content[], text: string, clock: Clock, who: string): Content {
  const content = contents.find((candidate) => expected(candidate, clock) === text);
  if (content) return content;
  const texts = new Set(contents.map((candidate) => expected(candidate, clock)));
  throw new Error(`${who} shows\n${text}\ninstead of\n${[...texts].join('\nor\n')}`);
}

function same(text: string, wanted: string, who: string): void {
  if (text !== wanted) throw new Error(`${who} shows\n${text}\ninstead of\n${wanted}`);
}
