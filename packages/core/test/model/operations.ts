/** What the model test does to a store: operations as plain data, so that a failing case prints and shrinks. */
import fc from 'fast-check';
import type { Range } from '../../src/index.ts';

/** Milliseconds; `keep`: as the entry that is there; `past`: over already. */
export type Ttl = number | 'keep' | 'past' | undefined;

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
  | { readonly type: 'fill'; readonly namespace: string; readonly count: number; readonly bytes: number }
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

/** A value that no store takes. */
export const UNSTORABLE: object = Object.freeze({ field: undefined });

const KEYS = [
  '',
  '\0',
  ' ',
  'a',
  'a\0',
  'aa',
  'ab',
  'b',
  'k1',
  'k10',
  'k2',
  'constructor',
  '__proto__',
  'toString',
  'é',
  '\u07ff',
  '\u0800',
  '\ud7ff',
  '\ue000',
  '\uffff',
  '\u{10000}',
  '\u{1f600}',
  '\u{1f600}a',
  '\u{10ffff}',
  'x'.repeat(300),
];
const keys = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom('a', '', '__proto__', '\uffff', '\u{1f600}') },
  { weight: 6, arbitrary: fc.constantFrom(...KEYS) },
  { weight: 1, arbitrary: fc.string({ unit: 'grapheme', maxLength: 4 }) },
);
const namespaces = fc.constantFrom('', '', '', 'a', 'a', '__proto__');
const figures = fc.oneof(
  fc.integer({ min: -300, max: 300 }),
  fc.constantFrom(0, -0, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, -(2 ** 53) + 1, 5e-324),
);
const values = fc.oneof(
  { weight: 6, arbitrary: figures },
  {
    weight: 2,
    arbitrary: fc.constantFrom<unknown>(
      null,
      true,
      false,
      '',
      'text',
      'é\u{1f600}',
      '\ud800',
      'y'.repeat(5000),
    ),
  },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 6 }) },
  { weight: 2, arbitrary: fc.jsonValue({ maxDepth: 2 }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom<unknown>({ a: -0, list: [] }, JSON.parse('{"__proto__":{"b":1}}')),
  },
);
const risky = fc.oneof({ weight: 30, arbitrary: values }, { weight: 1, arbitrary: fc.constant(UNSTORABLE) });
const lifetimes = fc.integer({ min: 1, max: 60 });
const ttls: fc.Arbitrary<Ttl> = fc.oneof(
  { weight: 5, arbitrary: fc.constant(undefined) },
  { weight: 3, arbitrary: lifetimes },
  { weight: 1, arbitrary: fc.constantFrom<Ttl>('keep', 'past') },
);
const ranges: fc.Arbitrary<Range> = fc.record(
  {
    prefix: fc.constantFrom('', 'a', 'k', 'k1', 'f00', '\u{1f600}', '\uffff', '\u{10ffff}'),
    gt: keys,
    gte: keys,
    lt: keys,
    lte: keys,
    reverse: fc.boolean(),
    limit: fc.integer({ min: 0, max: 12 }),
  },
  { requiredKeys: [] },
);
/** A few bounds at most: with all of them hardly a key is left. */
const wideRanges = fc
  .tuple(ranges, fc.subarray(['prefix', 'gt', 'gte', 'lt', 'lte', 'limit'] as const, { minLength: 4 }))
  .map(([range, without]) => {
    const wide: Record<string, unknown> = { ...range };
    for (const name of without) delete wide[name];
    return wide as Range;
  });

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
  { weight: 1, arbitrary: fc.record({ namespace: namespaces, type: of('clear') }) },
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
    }),
  },
  { weight: 6, arbitrary: fc.record({ type: of('tick'), ms: fc.integer({ min: 1, max: 40 }) }) },
  { weight: 8, arbitrary: fc.record({ type: of('turns'), count: fc.integer({ min: 0, max: 3 }) }) },
  { weight: 5, arbitrary: fc.record({ type: of('compact', 'compact', 'flush', 'verify', 'backup') }) },
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

/** `count`: the most operations of a case. */
export function operationLists(count: number): fc.Arbitrary<Operation[]> {
  return fc.array(operations, { minLength: 1, maxLength: count, size: 'max' });
}
