import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseFrozen, stringifyExactly } from './json.ts';

test('whatever JSON can carry comes back exactly, -0 and lone surrogates too', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4 }), fc.boolean(), (value, wrap) => {
      const given = wrap ? { zero: -0, value: [value, '\ud800'] } : value;
      expect(parseFrozen(stringifyExactly(given).text)).toStrictEqual(given);
    }),
  );
});

test('without -0 the text is that of JSON.stringify; with it only the zero differs', () => {
  const value = { b: [1, null, 'é"\\\n'], a: { '': false, __proto__: null } };
  expect(stringifyExactly(value).text).toBe(JSON.stringify(value));
  expect(stringifyExactly({ ...value, z: [-0, 0, '-0'] }).text).toBe(
    `${JSON.stringify(value).slice(0, -1)},"z":[-0,0,"-0"]}`,
  );
});

test('an own field __proto__ is a field, not a prototype', () => {
  const value = JSON.parse('{"__proto__":{"x":-0}}');
  const back = parseFrozen(stringifyExactly(value).text) as object;
  expect(Object.keys(back)).toEqual(['__proto__']);
  expect(Object.getPrototypeOf(back)).toBe(Object.prototype);
});

test('the same object in two places is no cycle, and comes back as two', () => {
  const shared = { x: 1 };
  const back = parseFrozen(stringifyExactly([shared, { shared }, shared]).text) as unknown[];
  expect(back).toEqual([{ x: 1 }, { shared: { x: 1 } }, { x: 1 }]);
  expect(back[0]).not.toBe(back[2]);
});

describe('depth', () => {
  const nested = (levels: number): unknown => {
    let value: unknown = 1;
    for (let i = 0; i < levels; i++) value = i % 2 ? [value] : { d: value };
    return value;
  };

  test('1,000 levels pass, 1,001 do not', () => {
    expect(stringifyExactly(nested(1000)).text.length).toBe(500 * 6 + 500 * 2 + 1);
    expect(() => stringifyExactly(nested(1001))).toThrow('nested deeper than 1000 levels');
    expect(() => stringifyExactly(nested(100_000))).toThrow('nested deeper');
  });
});
