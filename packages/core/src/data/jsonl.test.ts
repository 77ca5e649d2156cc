import { expect, test } from 'vitest';
import { TAG } from '../format/change.ts';
import type { DataEntry } from './entry.ts';
import { fromJsonl, fromText, toJsonl } from './jsonl.ts';

const HEAD = '{"isokv":1,"expires_at_unit":"ms"}';

const GOLDEN = `${HEAD}
{"namespace":"","key":"10","value":"ten","expires_at":null}
{"namespace":"","key":"2","value":{"b":1,"a":-0},"expires_at":1721234567890}
{"namespace":"users","key":"blob","value":"AQID","type":"bytes","expires_at":null}
{"namespace":"users","key":"inf","value":"-Infinity","type":"float64","expires_at":null}
{"entries":4}
`;

const ENTRIES: DataEntry[] = [
  { namespace: '', key: '10', tag: TAG.utf8, bytes: new TextEncoder().encode('ten'), expiresAt: 0 },
  {
    namespace: '',
    key: '2',
    tag: TAG.json,
    bytes: new TextEncoder().encode('{"b":1,"a":-0}'),
    expiresAt: 1721234567890,
  },
  { namespace: 'users', key: 'blob', tag: TAG.bytes, bytes: Uint8Array.of(1, 2, 3), expiresAt: 0 },
  {
    namespace: 'users',
    key: 'inf',
    tag: TAG.float64,
    bytes: Uint8Array.of(0, 0, 0, 0, 0, 0, 0xf0, 0xff),
    expiresAt: 0,
  },
];

test('the text is the one written out above, both ways', () => {
  expect(toJsonl(ENTRIES)).toBe(GOLDEN);
  expect(fromJsonl(GOLDEN)).toEqual(ENTRIES);
  expect(fromText(GOLDEN)).toEqual(ENTRIES);
});

test('no entries', () => {
  expect(toJsonl([])).toBe(`${HEAD}\n{"entries":0}\n`);
  expect(fromText(toJsonl([]))).toEqual([]);
});

test('the head is known with its members in any order, the lines may be in any order', () => {
  const [head, a, b, c, d, end] = GOLDEN.split('\n');
  expect(fromText([' { "expires_at_unit": "ms", "isokv": 1 }', d, b, c, a, end].join('\r\n'))).toEqual(
    ENTRIES,
  );
  expect(head).toBe(HEAD);
});

test('namespace and key are not mixed up', () => {
  const line = (namespace: string, key: string) => JSON.stringify({ namespace, key, value: 1 });
  const text = [
    HEAD,
    line('a', 'bc'),
    line('ab', 'c'),
    line('', 'abc'),
    line('1 ', ''),
    '{"entries":4}',
  ].join('\n');
  expect(fromText(text)).toHaveLength(4);
});

const LINE = '{"namespace":"","key":"a","value":1}';
test.each([
  ['{"isokv":2,"more":"x"}\n!', 'UNKNOWN_VERSION', 'version 2'],
  ['{"isokv":1}', 'INVALID_DATA', 'line 1: expires_at_unit must be "ms"'],
  ['{"isokv":1,"expires_at_unit":"s"}', 'INVALID_DATA', 'line 1: expires_at_unit must be "ms"'],
  ['{"isokv":1,"expires_at_unit":"ms","x":1}', 'INVALID_DATA', 'line 1: has an unknown member "x"'],
  [HEAD, 'INVALID_DATA', 'line 1: must be {"entries":0}'],
  [`${HEAD}\n${LINE}`, 'INVALID_DATA', 'line 2: must be {"entries":0}: these data have been cut short'],
  [`${HEAD}\n${LINE}\n{"entries":2}`, 'INVALID_DATA', 'line 3: must be {"entries":1}'],
  [`${HEAD}\n${LINE}\n{"entries":"1"}`, 'INVALID_DATA', 'line 3: must be {"entries":1}'],
  [`${HEAD}\n\n${LINE}\n{"entries":1}`, 'INVALID_DATA', 'line 2, column 1: this is not JSON'],
  [
    `${HEAD}\n${LINE}\n${LINE}\n{"entries":2}`,
    'INVALID_DATA',
    'line 3, key "a" of namespace "": is here for',
  ],
  [
    `${HEAD}\n{"key":"a","value":1}\n{"entries":1}`,
    'INVALID_DATA',
    'line 2: namespace and key must be strings',
  ],
  [
    `${HEAD}\n{"namespace":"","key":1,"value":1}\n{"entries":1}`,
    'INVALID_DATA',
    'line 2: namespace and key must be',
  ],
  [`${HEAD}\n5\n{"entries":1}`, 'INVALID_DATA', 'line 2: must be an object'],
  [`${HEAD}\n{"entries":0}\n${HEAD}\n{"entries":0}`, 'INVALID_DATA', 'line 2: namespace and key must be'],
  [
    `${HEAD}\n${LINE.replace('}', ',"x":1}')}\n{"entries":1}`,
    'INVALID_DATA',
    'line 2, key "a" of namespace "": has an unknown',
  ],
  [
    `${HEAD}\n${LINE.replace('}', ',"expires_at":1721234567}')}\n{"entries":1}`,
    'INVALID_DATA',
    'line 2, key "a" of namespace "": expires_at must be epoch milliseconds',
  ],
  [
    `${HEAD}\n${LINE.replace('1}', '}')}\n{"entries":1}`,
    'INVALID_DATA',
    'line 2, column 35: this is not JSON',
  ],
])('%j: %s', (text, code, message) => {
  for (const read of [fromJsonl, fromText]) {
    expect(() => read(text)).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(message) }),
    );
  }
});

test('an empty text is refused', () => {
  expect(() => fromJsonl('')).toThrow('line 1, column 1');
  expect(() => fromText('')).toThrow('line 1, column 1');
});
