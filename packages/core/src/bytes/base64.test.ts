import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fromBase64, toBase64 } from './base64.ts';

test('writes what the runtime writes, and reads it back', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
      const text = toBase64(bytes);
      expect(text).toBe(Buffer.from(bytes).toString('base64'));
      expect(fromBase64(text)).toEqual(new Uint8Array(bytes));
    }),
  );
});

test('reads nothing that it would not write', () => {
  const alphabet = fc.string({ unit: fc.constantFrom(...'AQZ09+/=-_ \n'), maxLength: 9 });
  fc.assert(
    fc.property(alphabet, (text) => {
      const bytes = fromBase64(text);
      if (bytes) expect(toBase64(bytes)).toBe(text);
      else expect(Buffer.from(text, 'base64').toString('base64')).not.toBe(text);
    }),
  );
});

test.each([
  'A',
  'AA',
  'AAA',
  'AAA',
  'AA=',
  'A===',
  '====',
  '=',
  'AB==',
  'AAB=',
  'AA==AA==',
  'AA-_',
  'AAA A',
  'AAAA\n',
])('refuses %j', (text) => {
  expect(fromBase64(text)).toBeUndefined();
});
