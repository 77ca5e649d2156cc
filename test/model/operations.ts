/** What the model test does to a store: operations as plain data, so that a failing case prints and shrinks. */
import fc from 'fast-check';
import type { Range } from '../../packages/core/src/index.ts';
import { keys, lifetimes, namespaces, risky, type Ttl, ttls, wideRanges } from './draws.ts';

/** One call of a namespace, of the store or inside a transaction. */
export type Call = { readonly namespace: string } & (
  | { readonly type: 'get' | 'delete' | 'persist'; readonly key: string }
  | { readonly type: 'set'; readonly key: string; readonly value: unknown; readonly ttl: Ttl }
  | {
      readonly type: 'update' | 'getOrSet' | 'swap' | 'swapWrongly';
      readonly key: string;
      readonly value: unknown;
    }
  | { readonly type: 'increment'; readonly key: string; readonly by: number }
  | { readonly type: 'expire'; readonly key: string; readonly ttl: number }
  | { readonly type: 'setMany'; readonly entries: readonly (readonly [string, unknown])[]; readonly ttl: Ttl }
  | { readonly type: 'deleteRange' | 'list'; readonly range: Range }
  | { readonly type: 'clear' }
);

export type Operation =
  | { readonly type: 'call'; readonly call: Call }
  | { readonly type: 'transaction'; readonly calls: readonly Call[]; readonly aborts: boolean }
  | { readonly type: 'begin' | 'commit' | 'abort'; readonly slot: number }
  | { readonly type: 'inside'; readonly slot: number; readonly call: Call }
  /** A range read, with a call between its steps. */
  | {
      readonly type: 'scan';
      readonly namespace: string;
      readonly range: Range;
      readonly calls: readonly Call[];
    }
  | {
      readonly type: 'fill';
      readonly namespace: string;
      readonly count: number;
      readonly bytes: number;
      readonly ttl: Ttl;
    }
  | { readonly type: 'tick'; readonly ms: number }
  | { readonly type: 'turns'; readonly count: number }
  | { readonly type: 'compact' | 'flush' | 'verify' | 'backup' }
  | { readonly type: 'data'; readonly format: 'binary' | 'json' | 'jsonl' }
  | {
      readonly type: 'load';
      readonly format: 'binary' | 'json' | 'jsonl';
      readonly mode: 'merge' | 'replace';
      readonly calls: readonly Call[];
    }
  /** `drop`: as a crash after a flush would have it; `crash`: at any moment. */
  | { readonly type: 'reopen'; readonly how: 'close' | 'drop' | 'crash' };

const of = <T extends string>(...types: T[]): fc.Arbitrary<T> => fc.constantFrom(...types);
const base = { namespace: namespaces, key: keys };
const calls: fc.Arbitrary<Call> = fc.oneof(
  { weight: 10, arbitrary: fc.record({ ...base, type: of('set'), value: risky, ttl: ttls }) },
  { weight: 6, arbitrary: fc.record({ ...base, type: of('get', 'delete', 'delete', 'persist') }) },
  {
    weight: 6,
    arbitrary: fc.record({ ...base, type: of('update', 'getOrSet', 'swap', 'swapWrongly'), value: risky }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ ...base, type: of('increment'), by: fc.integer({ min: -3, max: 300 }) }),
  },
  { weight: 2, arbitrary: fc.record({ ...base, type: of('expire'), ttl: lifetimes }) },
  {
    weight: 2,
    arbitrary: fc.record({
      namespace: namespaces,
      type: of('setMany'),
      entries: fc.array(fc.tuple(keys, risky), { maxLength: 6 }),
      ttl: ttls,
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      namespace: namespaces,
      type: of('deleteRange', 'list', 'list'),
      range: wideRanges,
    }),
  },
  { weight: 2, arbitrary: fc.record({ namespace: namespaces, type: of('clear') }) },
);
const callList = fc.array(calls, { minLength: 1, maxLength: 5 });
const slots = fc.integer({ min: 0, max: 1 });
const formats = of('binary', 'json', 'jsonl');

const operations: fc.Arbitrary<Operation> = fc.oneof(
  { weight: 40, arbitrary: fc.record({ type: of('call'), call: calls }) },
  { weight: 6, arbitrary: fc.record({ type: of('transaction'), calls: callList, aborts: fc.boolean() }) },
  { weight: 6, arbitrary: fc.record({ type: of('begin', 'commit', 'commit', 'abort'), slot: slots }) },
  { weight: 8, arbitrary: fc.record({ type: of('inside'), slot: slots, call: calls }) },
  {
    weight: 4,
    arbitrary: fc.record({ type: of('scan'), namespace: namespaces, range: wideRanges, calls: callList }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      type: of('fill'),
      namespace: namespaces,
      count: fc.constantFrom(3, 600, 1100),
      bytes: fc.constantFrom(1, 10, 700),
      ttl: fc.constantFrom<Ttl>(undefined, 20),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      type: of('tick'),
      ms: fc.integer({ min: 1, max: 6 }).map((fifths) => fifths * 5),
    }),
  },
  { weight: 8, arbitrary: fc.record({ type: of('turns'), count: fc.integer({ min: 0, max: 3 }) }) },
  {
    weight: 9,
    arbitrary: fc.record({ type: of('compact', 'compact', 'compact', 'flush', 'verify', 'backup') }),
  },
  { weight: 2, arbitrary: fc.record({ type: of('data'), format: formats }) },
  {
    weight: 2,
    arbitrary: fc.record({
      type: of('load'),
      format: formats,
      mode: of('merge', 'replace'),
      calls: callList,
    }),
  },
  { weight: 4, arbitrary: fc.record({ type: of('reopen'), how: of('close', 'drop', 'crash') }) },
);

export interface Case {
  /** Whether everything is compared all the time, or only what was touched, and all of it at the end. */
  readonly looks: boolean;
  readonly operations: readonly Operation[];
}

const call = fc.record({ type: of('call'), call: calls });
const turn = fc.record({ type: of('turns'), count: fc.integer({ min: 0, max: 1 }) });

/** What chance alone would bring together too seldom. */
const encounters: fc.Arbitrary<Operation[]> = fc.oneof(
  // A transaction, and a call of others in the same namespace between its own.
  fc
    .tuple(slots, calls, fc.oneof(calls, fc.constant({ type: 'clear', namespace: '' } as const)), calls)
    .map(([slot, first, other, second]): Operation[] => [
      { type: 'call', call: first },
      { type: 'begin', slot },
      { type: 'inside', slot, call: first },
      { type: 'call', call: { ...other, namespace: first.namespace } },
      { type: 'inside', slot, call: second },
      { type: 'commit', slot },
    ]),
  // Commits in every turn of a compaction.
  fc
    .array(fc.tuple(call, turn), { minLength: 1, maxLength: 4 })
    .map((writes): Operation[] => [{ type: 'compact' }, ...writes.flat()]),
  // A key that is in a run, and then is not.
  fc
    .tuple(call, call)
    .map(([first, second]): Operation[] => [
      first,
      { type: 'compact' },
      { type: 'flush' },
      second,
      { type: 'compact' },
    ]),
);

/** `count`: about how many operations a case has at most. */
export function cases(count: number): fc.Arbitrary<Case> {
  const list = fc.oneof(
    { weight: 9, arbitrary: operations.map((operation): Operation[] => [operation]) },
    { weight: 1, arbitrary: encounters },
  );
  return fc.record({
    looks: fc.boolean(),
    operations: fc.array(list, { minLength: 1, maxLength: count, size: 'max' }).map((lists) => lists.flat()),
  });
}
