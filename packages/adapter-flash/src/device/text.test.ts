import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readText } from './text.ts';
import { isUtf8 as isText } from './utf8.ts';

const strict = new TextDecoder('utf-8', { fatal: true });

function isUtf8(bytes: Uint8Array): boolean {
  try {
    strict.decode(bytes);
    return true;
  } catch {
    return false;
  }
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1');
}

test('text is what a strict decoder takes', () => {
  const lead = fc.constantFrom(
    0x7f,
    0x80,
    0xbf,
    0xc0,
    0xc1,
    0xc2,
    0xdf,
    0xe0,
    0xed,
    0xef,
    0xf0,
    0xf4,
    0xf5,
    0xff,
  );
  const next = fc.constantFrom(0x41, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0);
  const bytes = fc.oneof(
    fc.tuple(lead, next, next, next).map((all) => Uint8Array.from(all)),
    fc.tuple(lead, next, next).map((all) => Uint8Array.from(all)),
    fc.tuple(lead, next).map((all) => Uint8Array.from(all)),
    fc.string({ unit: 'binary' }).map((text) => new TextEncoder().encode(text)),
    fc.uint8Array({ maxLength: 6 }),
  );
  fc.assert(
    fc.property(bytes, (given) => isText(latin1(given)) === isUtf8(given)),
    { numRuns: 20_000 },
  );
});

test('every character of Unicode is text, and no surrogate', () => {
  const refused: number[] = [];
  for (let code = 0; code <= 0x10ffff; code += code < 0x11000 ? 1 : 61) {
    if (code >= 0xd800 && code < 0xe000) continue;
    if (!isText(latin1(new TextEncoder().encode(String.fromCodePoint(code))))) refused.push(code);
  }
  expect(refused).toEqual([]);
  expect(isText('\xed\xa0\x80')).toBe(false);
  expect(isText('\xed\xbf\xbf')).toBe(false);
});

describe('a character that is no byte', () => {
  test.each(['€', 'a\u0180', '\xc3\u0180', '\xc3€', '😀', '\xc3'])('%j is no text', (text) => {
    expect(isText(text)).toBe(false);
  });
});

test('bytes are read as they are', () => {
  const bytes = Uint8Array.of(0, 0x61, 0xc3, 0xa9);
  expect(readText(bytes, 1, 4)).toBe('a\xc3\xa9');
  expect(readText(bytes, 1, 1)).toBe('');
});
