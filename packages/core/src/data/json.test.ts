import { describe, expect, test } from 'vitest';
import { TAG } from '../format/change.ts';
import type { DataEntry } from './entry.ts';
import { fromJson, toJson } from './json.ts';
import { fromText } from './jsonl.ts';

function entry(
  namespace: string,
  key: string,
  tag: number,
  bytes: number[] | string,
  expiresAt = 0,
): DataEntry {
  return {
    namespace,
    key,
    tag,
    bytes: typeof bytes === 'string' ? new TextEncoder().encode(bytes) : Uint8Array.from(bytes),
    expiresAt,
  };
}

const GOLDEN = `{
  "isokv": 1,
  "expires_at_unit": "ms",
  "namespaces": {
    "": {
      "10": {"value": "ten", "expires_at": null},
      "2": {"value": {"b":1,"a":-0}, "expires_at": 1721234567890},
      "__proto__": {"value": -5, "expires_at": null},
      "blob": {"value": "AQID", "type": "bytes", "expires_at": null},
      "pack": {"value": "wA==", "type": "tag:4", "expires_at": null},
      "ratio": {"value": 0.1, "expires_at": null},
      "zero": {"value": "-0", "type": "float64", "expires_at": null}
    },
    "users": {
      "a": {"value": true, "expires_at": null},
      "b": {"value": false, "expires_at": null},
      "c": {"value": null, "expires_at": null},
      "d": {"value": "/w==", "type": "tag:255", "expires_at": 1721234567890}
    }
  }
}
`;

const ENTRIES = [
  entry('', '10', TAG.utf8, 'ten'),
  entry('', '2', TAG.json, '{"b":1,"a":-0}', 1721234567890),
  entry('', '__proto__', TAG.int, [1, 5]),
  entry('', 'blob', TAG.bytes, [1, 2, 3]),
  entry('', 'pack', TAG.msgpack, [0xc0]),
  entry('', 'ratio', TAG.float64, [0x9a, 0x99, 0x99, 0x99, 0x99, 0x99, 0xb9, 0x3f]),
  entry('', 'zero', TAG.float64, [0, 0, 0, 0, 0, 0, 0, 0x80]),
  entry('users', 'a', TAG.true, []),
  entry('users', 'b', TAG.false, []),
  entry('users', 'c', TAG.null, []),
  entry('users', 'd', 255, [255], 1721234567890),
];

test('the text is the one written out above, both ways', () => {
  expect(toJson(ENTRIES)).toBe(GOLDEN);
  expect(fromJson(GOLDEN)).toEqual(ENTRIES);
});

test('no entries', () => {
  const text = '{\n  "isokv": 1,\n  "expires_at_unit": "ms",\n  "namespaces": {}\n}\n';
  expect(toJson([])).toBe(text);
  expect(fromText(text)).toEqual([]);
  expect(fromText('{}')).toEqual([]);
});

test('entries come sorted, however the text has them; expires_at may be left out', () => {
  const text =
    '{"namespaces":{"\\ud83d\\ude00":{"b":{"value":1},"a":{"value":2}},"\\uffff":{"10":{"value":3},"2":{"value":4}},"":{}},"expires_at_unit":"ms","isokv":1}';
  expect(fromText(text).map(({ namespace, key }) => [namespace, key])).toEqual([
    ['\uffff', '10'],
    ['\uffff', '2'],
    ['\u{1f600}', 'a'],
    ['\u{1f600}', 'b'],
  ]);
});

describe('a bare map, as tinykv writes it', () => {
  test('has seconds, and goes into the default namespace', () => {
    const text =
      '{"theme": {"value": "dark", "expires_at": null}, "session": {"value": "abc123", "expires_at": 1721234567}}';
    expect(fromText(text)).toEqual([
      entry('', 'session', TAG.utf8, 'abc123', 1721234567000),
      entry('', 'theme', TAG.utf8, 'dark'),
    ]);
  });

  test.each([
    [1721234567.89, 1721234567890],
    [1721234567.8901, 1721234567891],
    [1721234567.123, 1721234567123],
    [1e-9, 1],
    [1e11, 1e14],
  ])('%d seconds are %d ms: up, never to 0', (seconds, ms) => {
    expect(fromText(`{"a": {"value": 1, "expires_at": ${seconds}}}`)[0]?.expiresAt).toBe(ms);
  });

  test('takes back the milliseconds that were divided', () => {
    for (let ms = 1721234567000; ms < 1721234569000; ms++) {
      expect(fromText(`{"a":{"value":1,"expires_at":${ms / 1000}}}`)[0]?.expiresAt).toBe(ms);
    }
  });

  test('is one whatever its keys are', () => {
    const text =
      '{"isokv": {"value": 1}, "expires_at_unit": {"value": "ms"}, "namespaces": {"value": {"a": {}}}, "__proto__": {"value": 2}}';
    expect(fromText(text)).toEqual([
      entry('', '__proto__', TAG.int, [0, 2]),
      entry('', 'expires_at_unit', TAG.utf8, 'ms'),
      entry('', 'isokv', TAG.int, [0, 1]),
      entry('', 'namespaces', TAG.json, '{"a":{}}'),
    ]);
  });
});

describe('the wrong unit is refused, with both readings', () => {
  test('milliseconds in a bare map', () => {
    expect(() => fromText('{"session": {"value": 1, "expires_at": 1721234567000}}')).toThrow(
      'key "session" of namespace "": expires_at must be epoch seconds; 1721234567000 is +056513-10-02T09:03:20.000Z in seconds, 2024-07-17T16:42:47.000Z in milliseconds',
    );
  });

  test('seconds in an envelope', () => {
    expect(() => fromText(envelope('{"session": {"value": 1, "expires_at": 1721234567}}'))).toThrow(
      'key "session" of namespace "n": expires_at must be epoch milliseconds; 1721234567 is 2024-07-17T16:42:47.000Z in seconds, 1970-01-20T22:07:14.567Z in milliseconds',
    );
  });

  test('figures that are no date in one of the units', () => {
    expect(() => fromText('{"a": {"value": 1, "expires_at": 1e300}}')).toThrow(
      'is no date in seconds, no date in',
    );
  });
});

function envelope(map: string): string {
  return `{"isokv": 1, "expires_at_unit": "ms", "namespaces": {"n": ${map}}}`;
}

const IN_ENTRIES: [entry: string, message: string][] = [
  ['5', 'must be an object'],
  ['null', 'must be an object'],
  ['[]', 'must be an object'],
  ['{}', 'value: undefined cannot be stored'],
  ['{"expires_at": null}', 'value: undefined cannot be stored'],
  ['{"value": 1, "expire_at": null}', 'has an unknown member "expire_at"'],
  ['{"value": 1, "__proto__": null}', 'has an unknown member "__proto__"'],
  ['{"value": 1, "expires_at": "2024-07-17"}', 'expires_at must be null or epoch'],
  ['{"value": 1, "expires_at": true}', 'expires_at must be null or epoch'],
  ['{"value": 1, "expires_at": 0}', 'expires_at must be null or epoch'],
  ['{"value": 1, "expires_at": -1}', 'expires_at must be null or epoch'],
  ['{"value": 1e400}', 'out of range'],
  ['{"value": -1e400}', 'out of range'],
  ['{"value": {"a": [1e400]}}', 'value.a[0]: Infinity cannot be stored in JSON'],
];
const IN_ENVELOPES: typeof IN_ENTRIES = [
  ['{"value": 1, "expires_at": 1721234567890.5}', 'expires_at must be null or epoch milliseconds'],
  ['{"value": 1, "expires_at": 1e300}', 'expires_at must be null or epoch milliseconds'],
  ...['5', '"AQI"', '"AQJ="', '"AQ I"', '[]'].map((value): [string, string] => [
    `{"value": ${value}, "type": "bytes"}`,
    'is no value of type "bytes"',
  ]),
  ['{"value": "nan", "type": "float64"}', 'is no value of type "float64"'],
  ['{"value": 1, "type": "float64"}', 'is no value of type "float64"'],
  ['{"value": null, "type": "float64"}', 'is no value of type "float64"'],
  ...[
    'tag:1',
    'tag:2',
    'tag:10',
    'tag:256',
    'tag:272',
    'tag:016',
    'tag:16.5',
    'tag:1e2',
    'tag:',
    'msgpack',
    '',
    'json',
  ].map((type): [string, string] => [
    `{"value": "AQID", "type": "${type}"}`,
    `is no value of type "${type}"`,
  ]),
  ['{"value": "AQID", "type": null}', 'is no value of type "null"'],
  ['{"value": "AQID", "type": 16}', 'is no value of type "16"'],
];

test.each([...IN_ENTRIES, ...IN_ENVELOPES])('entry %s: %s', (text, message) => {
  expect(() => fromText(envelope(`{"k": ${text}}`))).toThrow(
    expect.objectContaining({ code: 'INVALID_DATA', message: expect.stringContaining(message) }),
  );
  expect(() => fromText(envelope(`{"k": ${text}}`))).toThrow('key "k" of namespace "n": ');
});

test.each([...IN_ENTRIES, ['{"value": "AQID", "type": "bytes"}', 'has an unknown member "type"']])(
  'bare entry %s: %s',
  (text, message) => {
    expect(() => fromText(`{"k": ${text}}`)).toThrow(
      expect.objectContaining({ code: 'INVALID_DATA', message: expect.stringContaining(message) }),
    );
  },
);

test.each([
  ['[]', 'INVALID_DATA', 'data: must be an object'],
  ['"x"', 'INVALID_DATA', 'data: must be an object'],
  ['{"isokv": "1"}', 'INVALID_DATA', 'key "isokv" of namespace "": must be an object'],
  ['{"isokv": 2, "anything": {}}', 'UNKNOWN_VERSION', 'version 2'],
  ['{"anything": {}, "isokv": 0}', 'UNKNOWN_VERSION', 'version 0'],
  ['{"isokv": 1, "namespaces": {}}', 'INVALID_DATA', 'expires_at_unit must be "ms"'],
  ['{"isokv": 1, "expires_at_unit": "s", "namespaces": {}}', 'INVALID_DATA', 'expires_at_unit must be "ms"'],
  [
    '{"isokv": 1, "expires_at_unit": "ms", "namespaces": []}',
    'INVALID_DATA',
    'namespaces: must be an object',
  ],
  [
    '{"isokv": 1, "expires_at_unit": "ms", "namespaces": {}, "x": {}}',
    'INVALID_DATA',
    'data: has an unknown member "x"',
  ],
  [envelope('5'), 'INVALID_DATA', 'namespace "n": must be an object'],
  [envelope('{"k": {"value": 1}, "k": {"value": 2}}'), 'INVALID_DATA', 'line 1, column 79: a second "k"'],
  [`{\n "a": {"value": 1},\n "b" {"value": 1}\n}`, 'INVALID_DATA', 'line 3, column 6: this is not JSON'],
])('%s: %s', (text, code, message) => {
  expect(() => fromText(text)).toThrow(
    expect.objectContaining({ code, message: expect.stringContaining(message) }),
  );
});

test('long keys are shortened in messages', () => {
  expect(() => fromText(`{"${'k'.repeat(1e5)}": 5}`)).toThrow(/^key "k{79} of namespace/);
});

test('values nested as deep as can be stored come back; deeper ones are refused', () => {
  const deep = (depth: number) => envelope(`{"k": {"value": ${'['.repeat(depth)}${']'.repeat(depth)}}}`);
  expect(toJson(fromText(deep(1000)))).toContain('['.repeat(1000));
  expect(() => fromText(deep(1001))).toThrow('nested deeper than 1000 levels');
  expect(() => fromText(deep(1e5))).toThrow('nested too deep');
});
