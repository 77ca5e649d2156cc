/** The device face as its users see it. What survives cuts of power is the campaign's affair. */
import { Store } from '@isokv/core';
import { describe, expect, it } from 'vitest';
import { open } from '../../test/whole.ts';
import { inspectFlash } from '../image/inspect-flash.ts';
import { Random } from '../testing/random.ts';
import { type Geometry, type SimulatedFlash, simulatedFlash } from '../testing/simulated-flash.ts';
import type { DeviceStore, OpenOptions } from './open.ts';

const small: Geometry = { pageSize: 512, pageCount: 4, programUnit: 4 };

class Clock {
  ms: number = Date.UTC(2026, 0);
}

/** A store, the flash under it and the clock it has. `again` opens it as after a reset. */
function opened(geometry: Geometry = small, options: OpenOptions = {}) {
  const flash = simulatedFlash(geometry);
  const clock = new Clock();
  const again = (): DeviceStore => open(flash, { now: () => clock.ms, ...options });
  return { flash, clock, again, store: again() };
}

function fill(store: DeviceStore, length = 40, ttl?: number): string[] {
  const keys: string[] = [];
  for (;;) {
    const key = `entry ${keys.length}`;
    try {
      store.set(key, 'x'.repeat(length), ttl);
    } catch (error) {
      expect(error).toMatchObject({ code: 'ENOSPC' });
      return keys;
    }
    keys.push(key);
  }
}

function spread({ erases }: SimulatedFlash): number {
  return Math.max(...erases) - Math.min(...erases);
}

describe('values', () => {
  const values: Record<string, unknown> = {
    text: 'gr\xc3\xbcn',
    empty: '',
    zero: 0,
    negative: -1,
    large: 9007199254740991,
    third: 1 / 3,
    minusZero: -0,
    nan: Number.NaN,
    yes: true,
    no: false,
    nothing: null,
    bytes: Uint8Array.of(0, 255, 1),
    noBytes: new Uint8Array(0),
    nested: { list: [1, 'two', { three: 0.1 }], bytes: Uint8Array.of(7) },
  };

  it('come back as they were, at once and after a reset', () => {
    const { store, again } = opened({ ...small, pageCount: 8 });
    for (const key of Object.keys(values)) store.set(key, values[key]);
    for (const reader of [store, again()]) {
      for (const key of Object.keys(values)) expect(reader.get(key), key).toEqual(values[key]);
      expect(reader.keys()).toEqual(Object.keys(values).sort());
    }
  });

  it('are the same bytes as the core writes', async () => {
    const { store, clock } = opened({ ...small, pageCount: 8 });
    const core = new Store({ now: () => clock.ms });
    for (const key of [
      'text',
      'empty',
      'zero',
      'negative',
      'large',
      'third',
      'nan',
      'yes',
      'no',
      'nothing',
      'bytes',
    ]) {
      store.set(key, values[key]);
      await core.set(key, key === 'text' ? 'grün' : (values[key] as string));
    }
    store.namespace('users').set('ada', 36);
    await core.namespace('users').set('ada', 36);
    store.set('later', 1, 3_600_000);
    await core.set('later', 1, { expiresAt: Date.UTC(2026, 0) + 3_600_000 });
    expect([...store.toData()]).toEqual([...core.toData()]);
  });

  it('larger than a page are kept, replaced and given back', () => {
    const { store, again } = opened({ ...small, pageCount: 8 });
    for (let round = 1; round < 30; round++) {
      const value = Uint8Array.from({ length: 700 + round * 13 }, (_, index) => index * round);
      store.set('large', value);
      store.set('small', round);
      expect(store.get('large')).toEqual(value);
      expect(again().get('large')).toEqual(value);
    }
    store.delete('large');
    expect(again().keys()).toEqual(['small']);
  });

  it.each([
    [undefined, 'INVALID_VALUE'],
    [() => 1, 'INVALID_VALUE'],
    ['not utf-8: \xff', 'INVALID_VALUE'],
    ['\u0100', 'INVALID_VALUE'],
  ])('refused: %s', (value, code) => {
    const { store } = opened();
    store.set('key', 1);
    expect(() => store.set('key', value)).toThrow(expect.objectContaining({ code }));
    expect(store.get('key')).toBe(1);
  });

  it('keys that are no text, or longer than an eighth of a page, are refused', () => {
    const { store } = opened();
    for (const key of ['\xff', '\ud800', 1 as never, 'k'.repeat(65)]) {
      expect(() => store.set(key, 1)).toThrow(expect.objectContaining({ code: 'INVALID_KEY' }));
    }
    store.set('k'.repeat(64), 1);
    expect(store.keys().length).toBe(1);
  });
});

describe('namespaces, prefixes and sums', () => {
  it('keep apart what has the same key', () => {
    const { store, again } = opened();
    const users = store.namespace('users');
    store.set('a', 1);
    users.set('a', 2);
    users.set('b', 3);
    expect(store.delete('a')).toBe(true);
    expect(store.delete('a')).toBe(false);
    expect([store.has('a'), users.get('a'), again().namespace('users').keys()]).toEqual([
      false,
      2,
      ['a', 'b'],
    ]);
  });

  it('keys() takes a prefix and sorts by bytes', () => {
    const { store } = opened();
    for (const key of ['b2', 'a', 'b10', 'B', 'b']) store.set(key, 0);
    expect(store.keys()).toEqual(['B', 'a', 'b', 'b10', 'b2']);
    expect(store.keys('b')).toEqual(['b', 'b10', 'b2']);
  });

  it('increment begins at 0, keeps the expiry and refuses what is no number', () => {
    const { store, clock } = opened();
    expect([store.increment('n'), store.increment('n', 2.5), store.increment('n', -1)]).toEqual([
      1, 3.5, 2.5,
    ]);
    store.set('t', 1, 5000);
    store.increment('t');
    clock.ms += 5000;
    expect(store.has('t')).toBe(false);
    store.set('s', 'text');
    expect(() => store.increment('s')).toThrow(expect.objectContaining({ code: 'NOT_A_NUMBER' }));
    expect(() => store.increment('n', Number.NaN)).toThrow(expect.objectContaining({ code: 'NOT_A_NUMBER' }));
  });
});

describe('commits', () => {
  it('are all or nothing when one change is refused', () => {
    const { store } = opened();
    store.set('a', 1);
    const changes = [{ key: 'a', value: 2 }, { key: 'b' }];
    expect(() => store.commit(changes)).toThrow(expect.objectContaining({ code: 'INVALID_VALUE' }));
    expect([store.get('a'), store.has('b')]).toEqual([1, false]);
  });

  it('over several namespaces, larger than a page', () => {
    const { store, again } = opened({ ...small, pageCount: 8 });
    store.set('gone', 1);
    const changes = Array.from({ length: 30 }, (_, index) => ({
      namespace: index % 2 ? 'odd' : '',
      key: `k${index}`,
      value: 'v'.repeat(20),
    }));
    store.commit([...changes, { key: 'gone', delete: true }]);
    for (const reader of [store, again()]) {
      expect(reader.keys().length).toBe(15);
      expect(reader.namespace('odd').keys().length).toBe(15);
    }
  });

  it('keep no piece of a large value that they replace themselves', () => {
    const { store } = opened({ ...small, pageCount: 8 });
    store.commit([
      { key: 'a', value: 'v'.repeat(1000) },
      { key: 'a', value: 1 },
    ]);
    store.collect(store.stats().live);
    expect([store.get('a'), store.stats().live]).toEqual([1, 1]);
  });

  it('that are too large are refused, and change nothing', () => {
    const { store, again } = opened();
    store.set('a', 1);
    const before = again().toData();
    const changes = Array.from({ length: 30 }, (_, index) => ({ key: `k${index}`, value: 'v'.repeat(60) }));
    expect(() => store.commit(changes)).toThrow(expect.objectContaining({ code: 'ENOSPC' }));
    expect(store.toData()).toEqual(before);
    store.set('b', 2);
    expect(again().keys()).toEqual(['a', 'b']);
  });
});

describe('expiry', () => {
  it('is to the millisecond, and after a reset', () => {
    const { store, clock, again } = opened();
    store.set('a', 1, 1000);
    clock.ms += 999;
    expect([store.has('a'), again().has('a')]).toEqual([true, true]);
    clock.ms++;
    expect([store.has('a'), store.get('a'), store.keys(), again().has('a')]).toEqual([
      false,
      undefined,
      [],
      false,
    ]);
  });

  it('frees room: collection drops what has expired', () => {
    const { store, clock } = opened();
    for (let i = 0; i < 5; i++) store.set(`k${i}`, 'x'.repeat(60), 1000);
    clock.ms += 1000;
    const { live } = store.stats();
    for (let round = 0; round < 40; round++) for (let i = 0; i < 5; i++) store.set(`m${i}`, 'x'.repeat(60));
    expect(store.stats().live).toBeLessThanOrEqual(live + 1);
    expect(store.keys().length).toBe(5);
  });

  it('gives back the room of a full flash, without a deletion', () => {
    const { store, clock } = opened();
    fill(store, 40, 1000);
    expect(() => store.set('more', 'x'.repeat(40))).toThrow(expect.objectContaining({ code: 'ENOSPC' }));
    clock.ms += 1000;
    store.set('more', 'x'.repeat(40));
    expect(store.keys()).toEqual(['more']);
  });

  it('never comes by a clock that is not set, and cannot be asked of it', () => {
    const { store, clock, again } = opened();
    store.set('a', 1, 1000);
    clock.ms = 5000;
    const reset = again();
    expect(reset.get('a')).toBe(1);
    reset.collect(4);
    expect(reset.get('a')).toBe(1);
    expect(() => reset.set('b', 1, 1000)).toThrow(expect.objectContaining({ code: 'INVALID_TTL' }));
    expect(() => store.set('b', 1, -1)).toThrow(expect.objectContaining({ code: 'INVALID_TTL' }));
    clock.ms = Date.UTC(2027, 0);
    expect(again().has('a')).toBe(false);
  });
});

describe('a full flash', () => {
  it('has taken more than its pages hold of records alone: copies share theirs', () => {
    const { store } = opened({ pageSize: 1024, pageCount: 8, programUnit: 4 });
    const recordBytes = 4 + 14 + 2 + 4; // header, a put of `entry 99`, to whole units, sum
    const alone = 6 * Math.floor((1024 - 32 - 12) / (recordBytes + 4));
    expect(fill(store, 1).length).toBeGreaterThan(alone);
  });

  it.each([3, 4, 8])('of %i pages refuses, reads, deletes and takes writes again', (pageCount) => {
    const { flash, store, again } = opened({ ...small, pageCount });
    const keys = fill(store);
    expect(keys.length).toBeGreaterThan(2);
    for (const reader of [store, again()]) {
      for (const key of keys) expect(reader.get(key)).toBe('x'.repeat(40));
    }
    expect(() => store.set('more', 'x'.repeat(40))).toThrow(expect.objectContaining({ code: 'ENOSPC' }));
    // Not even a put that is shorter than a deletion has room; the deletion does.
    let added = 0;
    const putSmall = (): void => {
      for (;;) store.set(`s${added}`, added++);
    };
    expect(putSmall).toThrow(expect.objectContaining({ code: 'ENOSPC' }));
    expect(store.delete(keys.pop() as string)).toBe(true);
    for (let i = 0; i < added - 1; i++) expect(store.delete(`s${i}`)).toBe(true);
    // Every one of them can be deleted, one by one, with resets in between.
    let current = store;
    for (const [index, key] of keys.entries()) {
      if (index % 3 === 0) current = again();
      expect(current.delete(key)).toBe(true);
    }
    expect(current.keys()).toEqual([]);
    expect(fill(current).length).toBeGreaterThanOrEqual(keys.length - 1);
    expect(flash.violations).toEqual([]);
  });
});

describe('wear', () => {
  it.each([0, 100])('is even to one erase, with an index of %i', (index) => {
    const { flash, store } = opened({ pageSize: 1024, pageCount: 6, programUnit: 8 }, { index });
    const random = new Random(1);
    for (let i = 0; i < 3000; i++) {
      store.set(`k${random.below(20)}`, random.below(1000));
      if (i % 100 === 0) expect(spread(flash)).toBeLessThanOrEqual(1);
    }
    expect(Math.min(...flash.erases)).toBeGreaterThan(5);
    expect(flash.violations).toEqual([]);
  });

  it.each(['program', 'erase'] as const)(
    'a page that does not %s is retired, and nothing is lost',
    (fault) => {
      const { flash, store, again } = opened({ ...small, pageCount: 6 });
      const map = new Map<string, number>();
      const random = new Random(3);
      for (let i = 0; i < 600; i++) {
        if (i === 50) flash.worn.set(2, fault);
        if (i === 300) flash.worn.set(4, fault);
        const key = `k${random.below(8)}`;
        store.set(key, i);
        map.set(key, i);
        if (i % 20 === 0) for (const [name, value] of map) expect(again().get(name)).toBe(value);
      }
      expect(store.stats().bad).toBe(2);
      expect(flash.violations).toEqual([]);
    },
  );
});

it('a page begun after one that kept nothing does not hide what is written in its place', () => {
  const { flash, store, again } = opened();
  store.set('a', 1);
  let programs = 0;
  let failures = 0;
  const check = (): void => {
    // The first record of the second page cannot be read back; the third page gets its header, and no more.
    if (programs > 3 || (programs === 2 && failures++ === 0)) throw new Error('failed');
  };
  const failing = {
    ...small,
    crc32: (bytes: Uint8Array) => flash.crc32(bytes),
    erase(page: number) {
      check();
      flash.erase(page);
    },
    read(address: number, length: number) {
      check();
      return flash.read(address, length);
    },
    program(address: number, bytes: Uint8Array) {
      programs++;
      if (programs <= 3) flash.program(address, bytes);
    },
  };
  expect(() => open(failing).set('b', 1)).toThrow(expect.objectContaining({ code: 'IO' }));
  const next = again();
  next.set('b', 2);
  next.set('c', 3);
  expect([again().get('b'), again().get('c')]).toEqual([2, 3]);
  expect(inspectFlash(flash).damage).toEqual([]);
});

describe('damage', () => {
  it('is an error wherever one byte is changed, or what is lost was the last thing written', () => {
    const { flash, store } = opened({ pageSize: 512, pageCount: 4, programUnit: 4 });
    for (let i = 0; i < 30; i++) store.set(`k${i % 5}`, i);
    const expected = new Map(store.keys().map((key) => [key, store.get(key)]));
    let errors = 0;
    let losses = 0;
    for (let at = 0; at < flash.bytes.length; at++) {
      const image = flash.copy();
      (image.bytes[at] as number) ^= 0x10;
      try {
        const damaged = open(image);
        for (const [key, value] of expected) {
          if (damaged.get(key) !== value) losses++;
        }
      } catch (error) {
        expect(error).toMatchObject({ code: 'CORRUPT' });
        errors++;
      }
    }
    expect(errors).toBeGreaterThan(100);
    // The last record cannot be told from one that was cut short: its bytes, 8 bits wide, and no others.
    expect(losses).toBeLessThanOrEqual(16);
  });

  it('of something else on the flash is not taken for a store', () => {
    const flash = simulatedFlash(small);
    flash.program(1088, Uint8Array.of(1, 2, 3, 4));
    expect(() => open(flash)).toThrow(expect.objectContaining({ code: 'NOT_ISOKV' }));
    const store = open(flash, { format: true });
    store.set('a', 1);
    expect(open(flash).get('a')).toBe(1);
  });
});

describe('data', () => {
  it('of a core store are loaded, and replace what there was', async () => {
    const { store, again } = opened({ ...small, pageCount: 8 });
    store.set('old', 1);
    store.namespace('gone').set('old', 1);
    const core = new Store();
    await core.set('new', 'text');
    await core.set('large', new Uint8Array(600).fill(7));
    await core.namespace('users').set('ada', { age: 36 });
    const data = core.toData();
    store.fromData(data);
    for (const reader of [store, again()]) {
      expect(reader.keys()).toEqual(['large', 'new']);
      expect(reader.namespace('gone').keys()).toEqual([]);
      expect(reader.namespace('users').get('ada')).toEqual({ age: 36 });
      expect([...reader.toData()]).toEqual([...data]);
    }
  });

  it('that are damaged or cut short are refused, wherever, and change nothing', async () => {
    const core = new Store();
    await core.set('a', 1);
    await core.set('b', 'text');
    const data = core.toData();
    const { store } = opened();
    store.set('kept', 1);
    for (let at = 0; at < data.length; at++) {
      const changed = data.slice();
      (changed[at] as number) ^= 1;
      for (const bytes of [changed, data.slice(0, at)]) {
        expect(() => store.fromData(bytes)).toThrow(
          expect.objectContaining({
            code: expect.stringMatching(/CORRUPT|NOT_ISOKV|SEALED|UNKNOWN_VERSION/),
          }),
        );
      }
    }
    expect(store.keys()).toEqual(['kept']);
  });
});

describe('against a map', () => {
  const geometries: Geometry[] = [
    { pageCount: 3, pageSize: 512, programUnit: 16 },
    { pageCount: 5, pageSize: 512, programUnit: 8 },
    { pageCount: 6, pageSize: 1024, programUnit: 4 },
  ];
  it.each(geometries.flatMap((geometry) => [0, 3, 100].map((index) => ({ ...geometry, index }))))(
    '$pageCount pages of $pageSize, units of $programUnit, index of $index',
    ({ index, ...geometry }) => {
      const { flash, again, store: first } = opened(geometry, { index });
      let store = first;
      const map = new Map<string, unknown>();
      const random = new Random(geometry.pageCount);
      for (let i = 0; i < 500; i++) {
        const key = `k${random.below(10)}`;
        const isLarge = random.below(8) === 0;
        const value = isLarge ? 'v'.repeat(random.below(geometry.pageSize)) : random.below(1000);
        try {
          if (random.below(6) === 0) expect(store.delete(key)).toBe(map.delete(key));
          else {
            store.set(key, value);
            map.set(key, value);
          }
        } catch (error) {
          expect(error).toMatchObject({ code: 'ENOSPC' });
        }
        if (i % 50 === 0) store = again();
        if (i % 25 !== 0) continue;
        expect(store.keys()).toEqual([...map.keys()].sort());
        for (const [name, held] of map) expect(store.get(name)).toEqual(held);
      }
      expect(flash.violations).toEqual([]);
    },
  );
});
