import fc from 'fast-check';
import { expect, test } from 'vitest';
import { IsokvError } from '../errors.ts';
import { parseJson } from './parse-json.ts';

function errorOf(act: () => unknown): IsokvError {
  try {
    act();
  } catch (error) {
    if (error instanceof IsokvError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

test('reads what JSON.parse reads, as it reads it', () => {
  fc.assert(
    fc.property(
      fc.jsonValue({ maxDepth: 6 }),
      fc.constantFrom(undefined, 1, '\t', '\r\n'),
      (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        expect(parseJson(text)).toEqual(JSON.parse(text));
        expect(JSON.stringify(parseJson(` ${text}\r\n\t`))).toBe(JSON.stringify(JSON.parse(text)));
      },
    ),
  );
});

test('refuses what JSON.parse refuses, in any text a character away from JSON', () => {
  const piece = fc.constantFrom(
    ...'{}[]:,"\\/ \n\t\u00a0\u2028\u0000e+-.01aux',
    'true',
    'null',
    '"a"',
    '1e5',
    '\\u0061',
    'NaN',
  );
  const texts = fc.oneof(
    fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join('')),
    fc.tuple(fc.json(), fc.nat(), piece, fc.boolean()).map(([json, place, other, isInserted]) => {
      const at = place % (json.length + 1);
      return json.slice(0, at) + other + json.slice(isInserted ? at : at + 1);
    }),
  );
  fc.assert(
    fc.property(texts, (text) => {
      let expected: unknown;
      try {
        expected = JSON.parse(text);
      } catch {
        expect(errorOf(() => parseJson(text)).code).toBe('INVALID_DATA');
        return;
      }
      try {
        expect(parseJson(text)).toEqual(expected);
      } catch (error) {
        expect((error as Error).message).toMatch(/: a second "/);
      }
    }),
    { numRuns: 3000 },
  );
});

test.each([
  ['', 'line 1, column 1'],
  ['{', 'line 1, column 2'],
  ['{"a":1', 'line 1, column 7'],
  ['{"a":1,}', 'line 1, column 8'],
  ['{"a" 1}', 'line 1, column 6'],
  ['{a:1}', 'line 1, column 2'],
  ['{1:1}', 'line 1, column 2'],
  ['[1,\n  2,\n  oops]', 'line 3, column 3'],
  ['[1,\r\n  01]', 'line 2, column 3'],
  ['[1 2]', 'line 1, column 4'],
  ['[1}', 'line 1, column 3'],
  ['{} {}', 'line 1, column 4'],
  ['"abc', 'line 1, column 1'],
  ['"abc\\', 'line 1, column 1'],
  ['["a\nb"]', 'line 1, column 2'],
  ['["\\x"]', 'line 1, column 2'],
  ['[NaN]', 'line 1, column 2'],
])('%j is wrong at %s', (text, place) => {
  expect(errorOf(() => parseJson(text))).toMatchObject({
    code: 'INVALID_DATA',
    message: `${place}: this is not JSON`,
  });
});

test('counts lines from the one it is told', () => {
  expect(errorOf(() => parseJson('[1,\n!', 7)).message).toContain('line 8, column 1');
});

test('a name given twice is an error, however it is written', () => {
  expect(errorOf(() => parseJson('{"a":1,\n "\\u0061":2}')).message).toBe('line 2, column 2: a second "a"');
  expect(errorOf(() => parseJson('[{"__proto__":1,"__proto__":2}]')).message).toContain(
    'a second "__proto__"',
  );
  expect(parseJson('[{"a":1},{"a":{"a":2}}]')).toEqual([{ a: 1 }, { a: { a: 2 } }]);
});

test('names that objects have already are ordinary', () => {
  const value = parseJson('{"__proto__":{"x":1},"constructor":2,"toString":3}') as object;
  expect(Object.entries(value)).toEqual([
    ['__proto__', { x: 1 }],
    ['constructor', 2],
    ['toString', 3],
  ]);
  expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
});

test('nesting that would exhaust the stack is refused', () => {
  expect(errorOf(() => parseJson('['.repeat(1e6))).message).toContain('nested too deep');
  expect(parseJson('['.repeat(1004) + ']'.repeat(1004))).toHaveLength(1);
});
