import { describe, expect, test } from 'vitest';
import { entriesForm, plainForm, Store } from '../index.ts';

function plain(text: string): string {
  return [...plainForm.format(plainForm.parse(text))].join('');
}

describe('the plain form', () => {
  test.each([
    ['{}', '{}\n'],
    ['{"b":1,"a":null}', '{\n  "a": null,\n  "b": 1\n}\n'],
    [
      '{"10":[],"9":{"z":{},"a":[1,{"b":"\\n"}]}}',
      '{\n  "10": [],\n  "9": {\n    "z": {},\n    "a": [\n      1,\n      {\n        "b": "\\n"\n      }\n    ]\n  }\n}\n',
    ],
    ['{"__proto__":{"__proto__":1}}', '{\n  "__proto__": {\n    "__proto__": 1\n  }\n}\n'],
    ['{"isokv":1,"expires_at":2}', '{\n  "expires_at": 2,\n  "isokv": 1\n}\n'],
  ])('of %s is sorted and indented, and comes back', (given, expected) => {
    expect(plain(given)).toBe(expected);
    expect(plain(expected)).toBe(expected);
  });

  test.each([
    ['[]', /the file: must be an object/],
    ['{"a":1,"a":2}', /line 1, column 8: a second "a"/],
    ['{"a":1e999}', /key "a".*out of range/],
    ['{"a":', /line 1, column 6/],
  ])('does not read %s', (text, message) => {
    expect(() => plainForm.parse(text)).toThrow(message);
  });

  test('says which entry it cannot hold, and which form can', () => {
    const entries = entriesForm.parse('{"a": {"value": 1, "expires_at": 4102444800}}');
    expect(() => [...plainForm.format(entries)]).toThrow(
      /key "a" of namespace "": the format 'plain' cannot hold an expiry; 'entries' can/,
    );
  });
});

test('the pieces of the form of entries are what toData gives', () => {
  const store = new Store();
  void store.set('a', 1);
  void store.set('b', Uint8Array.of(1));
  void store.namespace('x').set('c', 1);
  const text = store.toData({ format: 'json' });
  const pieces = [...entriesForm.format(entriesForm.parse(text))];
  expect(pieces.join('')).toBe(text);
  expect(pieces).toHaveLength(5);
});
