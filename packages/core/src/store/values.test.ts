import { describe, expect, test } from 'vitest';
import { codeOf, LIVES, recordingLog, reopened, turn } from '../../test/stores.ts';
import { MemoryMedium, memoryLog } from '../log/memory-log.ts';
import { Store } from './store.ts';

class Point {
  x = 1;
}
const cycle: Record<string, unknown> = { deep: {} };
cycle.deep = { cycle };
const symbolKey = { fine: { [Symbol('s')]: 1 } };
const hole: unknown[] = [1];
hole[2] = 3;

/** What cannot be stored, and how the message names the place. */
const UNSTORABLE: [name: string, value: unknown, message: string][] = [
  ['undefined', undefined, 'value: undefined'],
  ['a function', () => 1, 'value: functions'],
  ['a symbol', Symbol('s'), 'value: symbols'],
  ['a bigint', 1n, 'value: bigints'],
  ['a nested function', { user: { onClick: () => 1 } }, 'value.user.onClick: functions cannot be stored'],
  ['undefined in an object', { a: [{ b: undefined }] }, 'value.a[0].b: undefined'],
  ['undefined in an array', [1, undefined], 'value[1]: undefined'],
  ['a nested NaN', { a: Number.NaN }, 'value.a: NaN'],
  ['a nested Infinity', [[-Infinity]], 'value[0][0]: -Infinity'],
  ['a nested bigint', { a: 1n }, 'value.a: bigints'],
  ['a nested symbol', [Symbol('s')], 'value[0]: symbols'],
  ['an instance of a class', { p: new Point() }, 'value.p: an instance of Point'],
  ['a subclass of Array', class L extends Array {}.from([1]), 'value: an instance of L'],
  ['a Date', new Date(0), 'value: an instance of Date'],
  ['a nested Date', { at: new Date(0) }, 'value.at: an instance of Date'],
  ['a Map', new Map([[1, 1]]), 'value: an instance of Map'],
  ['a Set', [new Set()], 'value[0]: an instance of Set'],
  ['a Promise', Promise.resolve(1), 'value: an instance of Promise'],
  ['nested bytes', { data: Uint8Array.of(1) }, 'value.data: an instance of Uint8Array'],
  ['another typed array', new Float64Array(1), 'value: an instance of Float64Array'],
  ['a boxed number', [Object(1)], 'value[0]: an instance of Number'],
  ['a cycle', cycle, 'value.deep.cycle: a cycle'],
  ['what follows something deeper', { a: { b: [1, [2]] }, c: undefined }, 'value.c: undefined'],
  ['a hole that follows something deeper', [[[1]], hole], 'value[1]: an array with holes'],
  ['an array with a hole', { hole }, 'value.hole: an array with holes'],
  [
    'an array with a hole and a named field',
    Object.assign([1], { 2: 1, x: 1 }),
    'value: an array with holes',
  ],
  // Copied, it would be gigabytes.
  ['an array of nothing but holes', Object.assign([], { length: 2 ** 32 - 1 }), 'value: an array with holes'],
  ['an array with a named field', Object.assign([1], { x: 1 }), 'value: an array with holes or named'],
  ['an array with a symbol', Object.assign([1], { [Symbol('s')]: 1 }), 'value: an array with holes or named'],
  ['a symbol key', symbolKey, 'value.fine: fields'],
  ['a hidden field', Object.defineProperty({}, 'x', { value: 1 }), 'value: fields that are hidden'],
  [
    'a hidden toJSON',
    Object.defineProperty({ a: 1 }, 'toJSON', { value: () => 2 }),
    'value: fields that are hidden',
  ],
  ['a toJSON', { a: 1, toJSON: () => 2 }, 'value.toJSON: functions'],
];

describe.each(UNSTORABLE)('%s is refused', (_, value, message) => {
  test('by every write, with its path, and nothing changes', async () => {
    const medium = new MemoryMedium();
    const { log, flights } = recordingLog(medium);
    const store = await Store.open(log);
    await store.set('a', { was: 1 });
    await store.set('n', 0);
    const before = [...store.entries()];
    const other = store.namespace('other');
    const refused = [
      () => store.set('a', value),
      () => store.set('new', value, { ttl: 5 }),
      () => other.set('x', value),
      () =>
        store.setMany([
          ['n', 1],
          ['a', value],
        ]),
      () => store.update('a', () => value),
      () => store.getOrSet('new', () => value),
      () => store.compareAndSwap('n', 0, value),
      () =>
        store.transaction((tx) => {
          tx.set('n', 1);
          tx.namespace('other').set('x', value);
        }),
    ];
    for (const write of refused) {
      expect(codeOf(write), String(write)).toBe('INVALID_VALUE');
      expect(write).toThrow(message);
    }
    expect([...store.entries()]).toEqual(before);
    await turn();
    expect(store.stats().seq).toBe(2);
    await store.set('n', 7);
    expect(flights.length).toBe(3);
    // n, an int: what was refused has left nothing in the commit after it.
    expect([...flights[2]![0]!.payload]).toEqual([3, 1, 1, 110, 6, 2, 0, 7]);
    const again = await reopened(store, medium);
    expect([...again.entries()]).toEqual([
      ['a', { was: 1 }],
      ['n', 7],
    ]);
    expect(again.namespaces()).toEqual(['']);
  });
});

test('a refused write in the middle of a turn leaves the others of that turn alone', async () => {
  const medium = new MemoryMedium();
  const store = await Store.open(memoryLog(medium));
  store.set('a', 1);
  codeOf(() => store.set('refused', { deep: [() => 1] }));
  codeOf(() => store.namespace('n').set('refused', { deep: [() => 1] }));
  store.set('b', { x: 2 });
  const again = await reopened(store, medium);
  expect([...again.entries()]).toEqual([
    ['a', 1],
    ['b', { x: 2 }],
  ]);
});

describe.each(LIVES)('values $name', ({ begin }) => {
  test('come back exactly', async () => {
    const values: unknown[] = [
      null, '', 'é😀', '\ud83d', 'a\udc00', '\u0000', '\ufeff', true, false,
      0, -0, 1, -1, 0.1, 2 ** 53, 2 ** 53 - 1, -(2 ** 53), 1e308, 5e-324, Number.NaN, Infinity, -Infinity,
      new Uint8Array(0), Uint8Array.of(0, 255), {}, [], [[]], { a: -0, b: [-0, { c: '\ud800' }] },
      { '': 1, 2: 1, 1: 2, __proto__: null }, JSON.parse('{"__proto__":{"x":1},"constructor":2,"toString":null}'),
      { 'line\nend': '\u2028"\\' }, Object.create(null),
    ]; // biome-ignore format: a table
    const space = await begin((at) => {
      values.forEach((value, i) => void at.set(`v${i}`, value));
    });
    values.forEach((value, i) => {
      for (let nth = 0; nth < 2; nth++) expect(space.get(`v${i}`), `${i}`).toEqual(value);
      if (typeof value === 'number') expect(Object.is(space.get(`v${i}`), value)).toBe(true);
    });
    const proto = space.get('v29') as object;
    expect(Object.keys(proto)).toEqual(['__proto__', 'constructor', 'toString']);
    expect(Object.getPrototypeOf(proto)).toBe(Object.prototype);
    expect(Object.is((space.get('v27') as { b: number[] }).b[0], -0)).toBe(true);
  });

  test('absent, null, empty text and empty bytes are four things', async () => {
    const space = await begin((at) => {
      at.set('null', null);
      at.set('text', '');
      at.set('bytes', new Uint8Array(0));
    });
    expect(space.getMany(['absent', 'null', 'text', 'bytes'])).toEqual([
      undefined,
      null,
      '',
      new Uint8Array(0),
    ]);
    expect([...space.keys()]).toEqual(['bytes', 'null', 'text']);
    expect(['absent', 'null', 'text', 'bytes'].map((key) => space.has(key))).toEqual([
      false,
      true,
      true,
      true,
    ]);
  });

  test('are taken as they were, come back frozen all through, and are one object until the next write', async () => {
    const mine = { list: [{ x: 1 }], child: { y: 1 } };
    const space = await begin((at) => {
      at.set('a', mine);
      mine.list[0]!.x = 99;
      mine.child = { y: 99 };
    });
    const value = space.get('a') as typeof mine;
    expect(value).toEqual({ list: [{ x: 1 }], child: { y: 1 } });
    for (const part of [value, value.list, value.list[0]!, value.child])
      expect(Object.isFrozen(part)).toBe(true);
    expect(() => value.list.push({ x: 2 })).toThrow(TypeError);
    space.set('b', 1);
    const [inRange] = space.values({ limit: 1 });
    const [[, inEntries]] = [...space.entries({ limit: 1 })] as [[string, unknown]];
    for (const same of [inRange, inEntries, space.require('a'), space.getMany(['a'])[0]])
      expect(same).toBe(value);
    space.set('a', { list: [], child: { y: 2 } });
    expect(space.get('a')).toEqual({ list: [], child: { y: 2 } });
    expect(space.get('a')).toBe(space.get('a'));
    expect(value.child.y).toBe(1);
  });

  test('of a key that was read before are taken as they were, too', async () => {
    const space = await begin((at) => void at.set('a', { list: [0] }));
    const before = space.get('a');
    const mine = { list: [{ x: 1 }], __proto__: null, child: { y: -0 } };
    await space.set('a', mine);
    mine.list[0]!.x = 99;
    mine.child.y = 99;
    const value = space.get('a') as typeof mine;
    expect(value).toStrictEqual({ list: [{ x: 1 }], child: { y: -0 } });
    for (const part of [value, value.list, value.list[0], value.child])
      expect(Object.isFrozen(part)).toBe(true);
    expect(space.get('a')).toBe(value);
    expect([...space.values()][0]).toBe(value);
    expect(before).toEqual({ list: [0] });
  });

  test('with getters are what these gave, once', async () => {
    let count = 0;
    const value = {
      inner: {
        get counter() {
          return count++ === 0 ? 1 : Number.NaN;
        },
      },
    };
    const space = await begin((at) => void at.set('a', value));
    expect(space.get('a')).toEqual({ inner: { counter: 1 } });
    expect(count).toBe(1);
  });

  test('bytes go in and come out as copies', async () => {
    const mine = Uint8Array.of(1, 2, 3);
    const space = await begin((at) => {
      at.set('a', mine);
      at.set('part', mine.subarray(1, 2));
      at.set('buffer', Buffer.from('ab'));
      mine[0] = 99;
    });
    const first = space.get('a') as Uint8Array;
    expect(first).toEqual(Uint8Array.of(1, 2, 3));
    first[1] = 99;
    const [inRange] = space.values({ limit: 1 }) as Iterable<Uint8Array>;
    inRange![2] = 99;
    expect(space.get('a')).toEqual(Uint8Array.of(1, 2, 3));
    expect(space.get('part')).toEqual(Uint8Array.of(2));
    expect(space.get('buffer')).toEqual(Uint8Array.of(97, 98));
    expect((space.get('part') as Uint8Array).buffer.byteLength).toBe(1);
  });
});
