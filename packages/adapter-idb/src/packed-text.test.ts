import { expect, test } from 'vitest';
import { fromText, toText } from './packed-text.ts';
import { Random } from './testing/random.ts';

test('any bytes come back, of every length, in about half as many characters', () => {
  const random = new Random(1);
  for (let length = 0; length < 200; length++) {
    const bytes = Uint8Array.from({ length }, () => random.below(256));
    const text = toText(bytes);
    expect(fromText(text)).toEqual(bytes);
    expect(text.length).toBe(8 + Math.ceil((length * 8) / 15));
    expect(text).not.toMatch(/\p{Surrogate}/u);
  }
  for (const length of [100_000, 1_000_001]) {
    const bytes = Uint8Array.from({ length }, (_, index) => (index * 7) % 256);
    expect(Buffer.compare(fromText(toText(bytes)) as Uint8Array, bytes)).toBe(0);
  }
});

test('golden: what was written once is read for good', () => {
  expect(toText(Uint8Array.of())).toBe('isokv1:0');
  expect(toText(Uint8Array.of(0, 255, 1))).toBe('isokv1:0\u207f\u6040');
});

test('what is not ours is not taken for bytes', () => {
  const text = toText(Uint8Array.of(1, 2, 3, 4));
  for (const other of [
    '',
    '{}',
    'isokv1:',
    'isokv1:2',
    'isokv2:0',
    `${text.slice(0, 7)}9${text.slice(8)}`,
    `${text}x`,
    `x${text}`,
  ]) {
    expect(fromText(other), other).toBeUndefined();
  }
});
