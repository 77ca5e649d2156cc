import { describe, expect, test } from 'vitest';
import { clock, codeOf, LIVES } from '../../test/stores.ts';
import type { Range } from '../table/bounds.ts';

/** In code point order; JavaScript's own order puts the emoji, a surrogate pair, before U+FF5E. */
const SORTED = [
  '',
  '\u0000',
  '0',
  'a',
  'a\u0000',
  'aa',
  'ab',
  'b',
  'bé',
  'z',
  '\ud7ff',
  '\ue000',
  '～',
  '😀',
  '😀a',
  '\u{10ffff}',
];

/** What a range must give, told without any of the store's own machinery. */
function expected({
  prefix,
  gt,
  gte,
  lt,
  lte,
  reverse = false,
  limit = Number.POSITIVE_INFINITY,
}: Range): string[] {
  const rank = (key: string): number => SORTED.indexOf(key);
  const within = SORTED.filter(
    (key) =>
      (prefix === undefined || key.startsWith(prefix)) &&
      (gt === undefined || rank(key) > rank(gt)) &&
      (gte === undefined || rank(key) >= rank(gte)) &&
      (lt === undefined || rank(key) < rank(lt)) &&
      (lte === undefined || rank(key) <= rank(lte)),
  );
  if (reverse) within.reverse();
  return within.slice(0, limit);
}

function* ranges(): Generator<Range> {
  const bounds = ['', 'ab', '\ue000', '😀'];
  const lows = [{}, ...bounds.flatMap((key) => [{ gt: key }, { gte: key }])];
  const highs = [{}, ...bounds.flatMap((key) => [{ lt: key }, { lte: key }])];
  const prefixes = [{}, { prefix: '' }, { prefix: 'a' }, { prefix: '😀' }, { prefix: '\u{10ffff}' }];
  const limits = [{}, { limit: 0 }, { limit: 1 }, { limit: 3 }, { limit: Number.POSITIVE_INFINITY }];
  let nth = 0;
  for (const low of lows) {
    for (const high of highs) {
      for (const prefix of prefixes) {
        for (const reverse of [{}, { reverse: true }, { reverse: false }]) {
          yield { ...low, ...high, ...prefix, ...reverse, ...limits[nth++ % limits.length] };
        }
      }
    }
  }
  yield { gt: 'a', gte: 'ab', lt: 'z', lte: 'b' };
  yield { gt: 'ab', gte: 'a', lt: 'b', lte: 'z' };
}

describe.each(LIVES)('reads $name', ({ begin }) => {
  test('every range gives what a filter over the sorted keys gives', async () => {
    const space = await begin((at) => {
      for (const key of [...SORTED].sort().reverse()) at.set(key, { key });
    });
    let count = 0;
    for (const range of ranges()) {
      const keys = expected(range);
      expect([...space.keys(range)], JSON.stringify(range)).toEqual(keys);
      count += keys.length;
    }
    expect(count).toBeGreaterThan(1000);
    const range = { gt: 'a', prefix: 'a', reverse: true };
    expect([...space.values(range)]).toEqual(expected(range).map((key) => ({ key })));
    expect([...space.entries(range)]).toEqual(expected(range).map((key) => [key, { key }]));
    expect([...space.keys()]).toEqual(SORTED);
    expect([...space.keys(undefined)]).toEqual(SORTED);
    expect(space.size).toBe(SORTED.length);
  });

  test('the same ranges after deletes and writes on top', async () => {
    const space = await begin((at) => {
      for (const key of SORTED) at.set(key, 1);
      for (const key of ['extra', 'a\u{10000}']) at.set(key, 1);
    });
    space.delete('extra');
    space.delete('a\u{10000}');
    space.delete('ab');
    space.set('ab', 2);
    space.set('😀', 2);
    for (const range of ranges())
      expect([...space.keys(range)], JSON.stringify(range)).toEqual(expected(range));
    expect([...space.entries({ prefix: 'ab' })]).toEqual([['ab', 2]]);
    expect(space.size).toBe(SORTED.length);
  });

  test('get, require, getMany and has, of what is there and what is not', async () => {
    const space = await begin((at) => {
      at.set('text', 'é');
      at.set('object', { list: [1, { x: null }] });
      at.set('null', null);
      at.set('false', false);
      at.set('zero', 0);
      at.set('', '');
      at.set('gone', 1);
      at.delete('gone');
    });
    expect(space.get('text')).toBe('é');
    expect(space.get('object')).toEqual({ list: [1, { x: null }] });
    expect(space.get('null')).toBe(null);
    expect(space.get('false')).toBe(false);
    expect(space.get('')).toBe('');
    expect(space.get('gone')).toBe(undefined);
    expect(space.get('absent')).toBe(undefined);
    expect(space.getMany(['zero', 'absent', 'null', 'zero'])).toEqual([0, undefined, null, 0]);
    expect(['text', 'null', 'false', 'zero', '', 'gone', 'absent'].map((key) => space.has(key))).toEqual([
      true,
      true,
      true,
      true,
      true,
      false,
      false,
    ]);
    expect(space.require('null')).toBe(null);
    expect(space.require('false')).toBe(false);
    expect(codeOf(() => space.require('gone'))).toBe('NOT_FOUND');
    expect(() => space.require('absent')).toThrow('"absent"');
    expect(space.size).toBe(6);
  });

  test('expiresAt, ttl, and what has expired', async () => {
    const time = clock();
    const space = await begin(
      (at) => {
        at.set('never', 1);
        at.set('soon', { x: 1 }, { ttl: 10 });
        at.set('later', 'x', { expiresAt: time.at + 20 });
      },
      { now: time.now },
    );
    const start = time.at;
    expect(['never', 'soon', 'later', 'absent'].map((key) => space.expiresAt(key))).toEqual([
      undefined,
      start + 10,
      start + 20,
      undefined,
    ]);
    time.at += 9;
    expect(['never', 'soon', 'later', 'absent'].map((key) => space.ttl(key))).toEqual([
      undefined,
      1,
      11,
      undefined,
    ]);
    expect(space.get('soon')).toEqual({ x: 1 });
    expect(space.size).toBe(3);
    time.at += 1;
    expect([...space.keys()]).toEqual(['later', 'never']);
    expect(space.size).toBe(2);
    expect(space.has('soon')).toBe(false);
    expect([space.get('soon'), space.expiresAt('soon'), space.ttl('soon')]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    time.at += 10;
    expect(space.getMany(['later', 'never'])).toEqual([undefined, 1]);
    expect([...space.entries({ reverse: true })]).toEqual([['never', 1]]);
  });

  test('a range that is none is refused, and at once', async () => {
    const space = await begin((at) => {
      at.set('a', 1);
    });
    const wrong: unknown[] = [
      null,
      'a',
      { limit: -1 },
      { limit: 1.5 },
      { limit: Number.NaN },
      { limit: '2' },
      { reverse: 1 },
      { gt: 1 },
      { prefix: '\ud83d' },
      { lt: 'a\udc00' },
      { start: 'a' },
      { gt: null },
    ];
    for (const range of wrong) {
      expect(
        codeOf(() => space.keys(range as Range)),
        JSON.stringify(range),
      ).toBe('INVALID_RANGE');
      expect(codeOf(() => space.values(range as Range))).toBe('INVALID_RANGE');
      expect(codeOf(() => space.entries(range as Range))).toBe('INVALID_RANGE');
      expect(codeOf(() => space.deleteRange(range as Range))).toBe('INVALID_RANGE');
    }
    // Lest all goes for want of a bound.
    for (const range of [undefined, { prefix: undefined }, { gte: 'a', lt: undefined }, { limit: undefined }])
      expect(codeOf(() => space.deleteRange(range as unknown as Range))).toBe('INVALID_RANGE');
    expect(space.size).toBe(1);
  });
});
