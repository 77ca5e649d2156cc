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
          made = runOf(table.freeze());
        } else if (it.type === 'adopt' && table.frozen && made) {
          table.run = made;
          for (const _ of table.thaw((slot) => slot instanceof Cell && slot !== TOMBSTONE));
        } else if (it.type === 'fail') {
          for (const _ of table.sink());
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

test.each([false, true])(
  'what sinks a few keys at a time is one map with what is written in between',
  (ranges) => {
    const table = new Table('');
    const model = new Map<string, number>();
    const write = (from: number, to: number, step: number): void => {
      for (let i = from; i < to; i += step) {
        const key = `k${(i * 7919) % 5000}`;
        if (i % 3 === 0) {
          table.remove(key);
          model.delete(key);
        } else {
          table.put(key, i);
          model.set(key, i);
        }
      }
    };
    const check = (): void => {
      if (ranges) expect(scanned(table)).toEqual(expected(model));
      for (let i = 0; i < 5000; i += 3) expect(table.find(`k${i}`)).toBe(model.get(`k${i}`));
      expect(table.size).toBe(model.size);
    };
    write(0, 4000, 1);
    const { fresh } = table;
    table.freeze();
    write(3000, 5000, 1);
    check();
    const scan = table.scan(EVERYTHING, (key, slot) => [key, slot]);
    let passed: string | undefined;
    const goOn = (): void => {
      const bounds = { ...EVERYTHING, low: passed, lowOpen: passed !== undefined, limit: 50 };
      const wanted = ranges ? expected(model, bounds) : [];
      expect(wanted.map(() => scan.next().value)).toEqual(wanted);
      passed = wanted.at(-1)?.[0];
    };
    let pauses = 0;
    goOn();
    for (const _ of table.sink()) {
      goOn();
      if (pauses % 3 === 2) write(pauses * 300, 5000, 97);
      check();
      pauses++;
    }
    expect(pauses).toBeGreaterThan(5);
    expect([table.fresh, table.frozen]).toEqual([fresh, undefined]);
    check();
    expect(scanned(table)).toEqual(expected(model));
  },
);

test('a run is made of an overlay without an order left behind, unless there was one', () => {
  const table = new Table('');
  for (let i = 0; i < 10; i++) table.put(`k${9 - i}`, i);
  for (const wasThere of [false, true]) {
    const snapshot = table.freeze();
    expect(runOf(snapshot).entries).toBe(10);
    expect(snapshot.fresh === table.frozen).toBe(wasThere);
    for (const _ of table.sink());
    expect(scanned(table).map(([key]) => key)[0]).toBe('k0');
  }
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
      expect(codecs.read(entry.tag, entry.bytes, entry.start, entry.end)).toBe(value);
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
