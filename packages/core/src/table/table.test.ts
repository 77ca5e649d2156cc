import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compareKeys } from '../bytes/order.ts';
import { ValueCodecs } from '../codec/values.ts';
import { Block } from '../format/block.ts';
import { TAG } from '../format/change.ts';
import { blocksOf } from './blocks.ts';
import { type Bounds, boundsOf, EVERYTHING, isWithin, type Range } from './bounds.ts';
import { Run } from './run.ts';
import { Cell, type Slot, TOMBSTONE } from './slot.ts';
import { Table } from './table.ts';

const codecs = new ValueCodecs();

function runOf(table: Table): Run {
  const run = new Run();
  for (const bytes of blocksOf(table, codecs)) if (bytes) run.add(new Block(bytes));
  return run;
}

/** The number that a slot stands for. */
function numberOf(slot: Slot): number {
  return typeof slot === 'object'
    ? (codecs.read(slot.tag, slot.bytes, slot.start, slot.end) as number)
    : (slot as number);
}

function scanned(table: Table, bounds: Bounds = EVERYTHING): [string, number][] {
  return [...table.scan(bounds, (key, slot) => [key, numberOf(slot)] as [string, number])];
}

function expected(model: Map<string, number>, bounds: Bounds = EVERYTHING): [string, number][] {
  const all = [...model].filter(([key]) => isWithin(key, bounds)).sort(([a], [b]) => compareKeys(a, b));
  return (bounds.reverse ? all.reverse() : all).slice(0, bounds.limit);
}

const key = fc.oneof(
  fc.constantFrom('', 'a', 'b', 'aa', '～', '😀'),
  fc.string({ unit: 'binary', maxLength: 2 }),
);
const range: fc.Arbitrary<Range> = fc.record(
  { gt: key, gte: key, lt: key, lte: key, prefix: key, reverse: fc.boolean(), limit: fc.nat(5) },
  { requiredKeys: [] },
);
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ type: fc.constant('put' as const), key, value: fc.nat(1000) }) },
  { weight: 3, arbitrary: fc.record({ type: fc.constant('remove' as const), key }) },
  { weight: 3, arbitrary: fc.record({ type: fc.constant('find' as const), key }) },
  { weight: 3, arbitrary: fc.record({ type: fc.constant('scan' as const), range }) },
  {
    weight: 1,
    arbitrary: fc.record({
      type: fc.constantFrom('freeze' as const, 'adopt' as const, 'fail' as const, 'clear' as const),
    }),
  },
);

test('run, frozen overlay and overlay together are one sorted map, whatever happens in whatever order', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const table = new Table('');
      const model = new Map<string, number>();
      let made: Run | undefined;
      for (const it of steps) {
        if (it.type === 'put') {
          const before = table.put(it.key, it.value);
          expect(before === undefined ? undefined : numberOf(before)).toBe(model.get(it.key));
          model.set(it.key, it.value);
        } else if (it.type === 'remove') {
          const before = table.remove(it.key);
          expect(before === undefined ? undefined : numberOf(before)).toBe(model.get(it.key));
          model.delete(it.key);
        } else if (it.type === 'find') {
          const slot = table.find(it.key);
          expect(slot === undefined ? undefined : numberOf(slot)).toBe(model.get(it.key));
        } else if (it.type === 'scan') {
          expect(scanned(table, boundsOf(it.range))).toEqual(expected(model, boundsOf(it.range)));
        } else if (it.type === 'freeze' && !table.frozen) {
          table.freeze();
          const frozen = new Table('');
          frozen.fresh = table.frozen!;
          frozen.run = table.run;
          made = runOf(frozen);
        } else if (it.type === 'adopt' && table.frozen && made) {
          table.adopt(made);
          for (const _ of table.thaw((slot) => slot instanceof Cell && slot !== TOMBSTONE));
        } else if (it.type === 'fail') {
          for (const _ of table.thaw(() => true));
        } else if (it.type === 'clear') {
          const moved = table.moveOut();
          expect(scanned(moved)).toEqual(expected(model));
          model.clear();
          made = undefined;
        }
        expect(table.size).toBe(model.size);
      }
      expect(scanned(table)).toEqual(expected(model));
      expect(scanned(table, { ...EVERYTHING, reverse: true })).toEqual(
        expected(model, { ...EVERYTHING, reverse: true }),
      );
    }),
    { numRuns: 300 },
  );
});

describe('a run', () => {
  test('of many blocks finds and scans every key, forwards and backwards', () => {
    const table = new Table('n');
    const model = new Map<string, number>();
    for (let i = 0; i < 4000; i++) {
      const key = `${String(i).padStart(5, '0')}${'é'.repeat(100)}`;
      table.put(key, i);
      model.set(key, i);
    }
    const run = runOf(table);
    expect(run.pages).toBeGreaterThan(2);
    expect(run.entries).toBe(4000);
    const fromRun = new Table('n');
    fromRun.setRun(run);
    for (const [key, value] of model) {
      const entry = run.find(key)!;
      expect(codecs.read(entry.tag, entry.reader.bytes, entry.valueStart, entry.valueEnd)).toBe(value);
      expect(run.find(`${key}a`)).toBe(undefined);
    }
    expect(run.find('')).toBe(undefined);
    expect(scanned(fromRun)).toEqual(expected(model));
    for (const range of [
      { gt: '01', lt: '03', reverse: true },
      { gte: '02000', limit: 5 },
      { lte: '00002', reverse: true },
      { gt: '09', reverse: true },
      { lt: '0', reverse: true },
      { prefix: '039', reverse: true, limit: 3 },
    ])
      expect(scanned(fromRun, boundsOf(range)), JSON.stringify(range)).toEqual(
        expected(model, boundsOf(range)),
      );
  });

  test('refuses blocks out of order', () => {
    const block = (key: string): Block => {
      const table = new Table('');
      table.put(key, 1);
      return new Block([...blocksOf(table, codecs)].find((bytes) => bytes) as Uint8Array);
    };
    const run = new Run();
    run.add(block('b'));
    expect(() => run.add(block('a'))).toThrow('out of order');
    expect(() => run.add(block('b'))).toThrow('out of order');
    run.add(block('c'));
    expect(run.entries).toBe(2);
  });

  test('names the entries that expire, and no others', () => {
    const table = new Table('');
    for (let i = 0; i < 50; i++) {
      table.put(`k${i}`, new Cell(TAG.null, new Uint8Array(0), 0, 0, i % 5 === 0 ? 1000 + i : 0));
    }
    const found = [...runOf(table).expiring()].sort((a, b) => a.expiresAt - b.expiresAt);
    expect(found).toEqual(
      [0, 5, 10, 15, 20, 25, 30, 35, 40, 45].map((i) => ({ key: `k${i}`, expiresAt: 1000 + i })),
    );
  });
});
