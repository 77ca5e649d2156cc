import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compareKeys } from '../bytes/order.ts';
import { ValueCodecs } from '../codec/values.ts';
import { Block } from '../format/block.ts';
import { blocksOf } from './blocks.ts';
import { type Bounds, boundsOf, EVERYTHING, isWithin, type Range } from './bounds.ts';
import type { Wanted } from './cursor.ts';
import { Overlay } from './overlay.ts';
import { Run } from './run.ts';
import { type Slot, TOMBSTONE } from './slot.ts';
import { Table } from './table.ts';

const codecs = new ValueCodecs();

/** A table whose entries are in a run. */
function compacted(entries: Iterable<readonly [string, Slot]>): Table {
  const written = new Table('');
  for (const [key, value] of entries) written.put(key, value);
  const run = new Run();
  for (const bytes of blocksOf(written, codecs)) if (bytes) run.add(new Block(bytes));
  const table = new Table('');
  table.setRun(run);
  return table;
}

const valueIn = (slot: Slot): unknown =>
  typeof slot === 'object' ? codecs.read(slot.tag, slot.bytes, slot.start, slot.end) : slot;
const pair = (key: string, slot: Slot): [string, unknown] => [key, valueIn(slot)];
/** Without the key where it may be missing. */
const takeOf = (wanted: Wanted) => (key: string, slot: Slot) =>
  wanted === 'values' && typeof slot !== 'object' ? [valueIn(slot)] : pair(key, slot);
/** What that gives for an entry of which `given` is given. */
const expectedOf = (given: unknown, key: string, value: unknown) =>
  (given as unknown[] | undefined)?.length === 1 ? [value] : [key, value];

/** The first entry of the model after `passed`, in the direction of the bounds. */
function following(model: Map<string, unknown>, bounds: Bounds, passed: string | undefined) {
  const sign = bounds.reverse ? -1 : 1;
  let next: string | undefined;
  for (const key of model.keys()) {
    if (!isWithin(key, bounds) || (passed !== undefined && sign * compareKeys(key, passed) <= 0)) continue;
    if (next === undefined || sign * compareKeys(key, next) < 0) next = key;
  }
  return next;
}

const key = fc.oneof(
  fc.nat(80).map((i) => `k${String(i).padStart(2, '0')}`),
  fc.constantFrom('', '～', '😀', 'ké', 'k'.repeat(130)),
);
const value = fc.oneof(
  fc.nat(),
  fc.boolean(),
  fc.string({ unit: 'grapheme', maxLength: 30 }),
  fc.nat(200).map((length) => 'x'.repeat(length)),
);
const change = fc.record({ key, value: fc.option(value, { nil: undefined }), above: fc.boolean() });
const wanted = fc.constantFrom<Wanted>('keys', 'values', 'entries');
const range: fc.Arbitrary<Range> = fc.record(
  { gt: key, gte: key, lt: key, lte: key, prefix: key, reverse: fc.boolean(), limit: fc.nat(30) },
  { requiredKeys: [] },
);

test('a scan gives what comes next at each step, over any layers, whatever is written meanwhile', () => {
  const pairs = fc.array(fc.tuple(key, value), { maxLength: 120 });
  const meanwhile = fc.array(fc.record({ at: fc.nat(20), change }), { maxLength: 6 });
  const anyRange = fc.oneof(range, fc.record({ reverse: fc.boolean() }));
  const scenario = [pairs, fc.array(change, { maxLength: 60 }), meanwhile, anyRange, fc.nat(30)] as const;
  fc.assert(
    fc.property(...scenario, wanted, fc.boolean(), (stored, before, during, range, sinksAt, wanted, isTx) => {
      const table = compacted(stored);
      const below = new Map<string, unknown>(stored);
      const above = new Overlay();
      const written = new Map<string, unknown>();
      const make = ({ key, value, above: goesAbove }: (typeof before)[number]) => {
        if (isTx && goesAbove) {
          above.write(key, value ?? TOMBSTONE);
          written.set(key, value);
        } else if (value === undefined) {
          table.remove(key);
          below.delete(key);
        } else {
          table.put(key, value);
          below.set(key, value);
        }
      };
      before.slice(0, 30).forEach(make);
      table.freeze();
      before.slice(30).forEach(make);
      const bounds = boundsOf(range);
      const scan = table.scan(bounds, takeOf(wanted), wanted, isTx ? above : undefined);
      let passed: string | undefined;
      for (let count = 0; ; count++) {
        for (const { at, change } of during) if (at === count) make(change);
        if (count === sinksAt) for (const _ of table.sink());
        const model = new Map([...below, ...written]);
        for (const [key, each] of model) if (each === undefined) model.delete(key);
        const next = count < bounds.limit ? following(model, bounds, passed) : undefined;
        const { done, value: given } = scan.next();
        expect(given).toEqual(next === undefined ? undefined : expectedOf(given, next, model.get(next)));
        if (done) break;
        passed = next;
      }
    }),
    { numRuns: 400 },
  );
});

describe.each([false, true])('over many pages, reverse: %s', (reverse) => {
  const name = (i: number) => `user:${String(i).padStart(6, '0')}`;
  const text = (i: number) => `${i} ${'the quick brown fox '.repeat(i % 7)}`;
  const expected = (model: Map<string, Slot>) => {
    const all = [...model].sort(([a], [b]) => compareKeys(a, b));
    return reverse ? all.reverse() : all;
  };

  test.each([2, 3, 10, 1000])('a run and, in its midst, every %sth entry written again', (every) => {
    const model = new Map<string, Slot>();
    for (let i = 0; i < 9000; i++) model.set(name(i), text(i));
    const table = compacted(model);
    expect(table.run.pages).toBeGreaterThan(1);
    for (let i = 0; i < 9000; i += every) {
      if (i % 4 === 0) {
        table.remove(name(i));
        model.delete(name(i));
      } else {
        table.put(name(i), 'new');
        model.set(name(i), 'new');
      }
      table.put(`${name(i)}x`, i);
      model.set(`${name(i)}x`, i);
    }
    const bounds = { ...EVERYTHING, reverse };
    for (const wanted of ['keys', 'entries'] as const)
      expect([...table.scan(bounds, pair, wanted)]).toEqual(expected(model));
    const values = [...table.scan(bounds, (_, slot) => valueIn(slot), 'values')];
    expect(values).toEqual(expected(model).map(([, value]) => value));
  });
});

describe.each([false, true])('a scan of the values of a run, reverse: %s', (reverse) => {
  const name = (i: number) => `k${String(i).padStart(3, '0')}`;
  const all = Array.from({ length: 300 }, (_, i): [string, string] => [name(i), `text ${i}`]);
  const texts = all.map(([, text]) => text);
  if (reverse) texts.reverse();
  const bounds = { ...EVERYTHING, reverse };

  test('leaves keys out, and knows them when it is written to meanwhile', () => {
    for (const at of [1, 2, 3, 100, 299]) {
      const table = compacted(all);
      const keys = new Set<string | undefined>();
      const take = (key: string, slot: Slot) => {
        keys.add(key);
        return slot;
      };
      const scan = table.scan(bounds, take, 'values');
      const given = Array.from({ length: at }, () => scan.next().value);
      expect([...keys]).toEqual([undefined]);
      table.put(reverse ? 'a' : 'z', 'the last');
      expect([...given, ...scan]).toEqual([...texts, 'the last']);
    }
  });

  test('does not leave them out for a transaction, even if it has written nothing', () => {
    const keys = [...compacted(all).scan(bounds, (key) => key, 'values', new Overlay())];
    expect(keys.sort()).toEqual(all.map(([key]) => key));
  });
});

describe('a scan', () => {
  const table = (): Table =>
    compacted([
      ['a', '1'],
      ['b', '2'],
      ['c', '3'],
    ]);

  test('begins when it is first asked, and once ended stays so', () => {
    const it = table();
    const scan = it.scan(EVERYTHING, pair);
    it.put('0', '0');
    expect(scan.next()).toEqual({ done: false, value: ['0', '0'] });
    expect([...scan]).toHaveLength(3);
    it.put('d', '4');
    expect(scan.next()).toEqual({ done: true, value: undefined });
  });

  test('goes on with the entry that was refused', () => {
    let isRefused = false;
    const scan = table().scan(EVERYTHING, (key) => {
      if (isRefused) throw new Error('refused');
      return key;
    });
    expect(scan.next().value).toBe('a');
    isRefused = true;
    expect(() => scan.next()).toThrow('refused');
    isRefused = false;
    expect([...scan]).toEqual(['b', 'c']);
  });

  test('goes on with the entry that was refused, whatever is written meanwhile', () => {
    const it = table();
    it.put('0', 'written');
    it.put('aa', 'written');
    let isRefused = false;
    const scan = it.scan(EVERYTHING, (key) => {
      if (isRefused) throw new Error('refused');
      return key;
    });
    expect([scan.next().value, scan.next().value]).toEqual(['0', 'a']);
    isRefused = true;
    expect(() => scan.next()).toThrow('refused'); // The turn is that of the layer of the first key.
    isRefused = false;
    it.put('d', 'written');
    expect([...scan]).toEqual(['aa', 'b', 'c', 'd']);
  });

  test('has what generators have', () => {
    const scan = table().scan(EVERYTHING, (key) => key);
    const ofGenerators = Object.getPrototypeOf(function* () {}).prototype;
    expect(Object.prototype.isPrototypeOf.call(ofGenerators, scan)).toBe(true);
    expect(scan[Symbol.iterator]()).toBe(scan);
    const thrown = new Error('thrown');
    expect(() => scan.throw(thrown)).toThrow(thrown);
    expect(scan.next().done).toBe(true);
    const left = table().scan(EVERYTHING, (key) => key);
    for (const _ of left) break;
    expect(left.next().done).toBe(true);
  });
});
