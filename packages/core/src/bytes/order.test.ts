import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { afterPrefix, compareBytes, compareKeys } from './order.ts';

/** The last and first characters on both sides of the surrogates, and of the planes. */
const edges = [
  '\u0000',
  '\u007f',
  '\u0080',
  '\u07ff',
  '\u0800',
  '\ud7ff',
  '\ue000',
  '\uffff',
  '\u{10000}',
  '\u{10ffff}',
];
const key = fc.oneof(
  fc.string({ unit: fc.constantFrom(...edges), maxLength: 4 }),
  fc.string({ unit: 'binary', maxLength: 8 }),
);

describe('compareKeys', () => {
  it('is the order of the UTF-8 bytes', () => {
    fc.assert(
      fc.property(key, key, (a, b) => {
        expect(Math.sign(compareKeys(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)));
      }),
      { numRuns: 5000 },
    );
  });

  it('puts the characters at the edges in the order of their code points', () => {
    for (let i = 1; i < edges.length; i++) expect(compareKeys(edges[i - 1]!, edges[i]!)).toBeLessThan(0);
  });

  it('puts a key before those that begin with it', () => {
    expect(compareKeys('', '\u0000')).toBeLessThan(0);
    expect(compareKeys('a', 'a\u0000')).toBeLessThan(0);
    expect(compareKeys('ab', 'a')).toBeGreaterThan(0);
    expect(compareKeys('ab', 'ab')).toBe(0);
  });
});

describe('afterPrefix', () => {
  it.each([
    ['a', 'b'],
    ['a\ud7ff', 'a\ue000'],
    ['\uffff', '\u{10000}'],
    ['a\u{10ffff}\u{10ffff}', 'b'],
    ['\u{1f600}', '\u{1f601}'],
    ['', undefined],
    ['\u{10ffff}', undefined],
  ])('of %j is %j', (prefix, after) => {
    expect(afterPrefix(prefix)).toBe(after);
  });

  it('bounds exactly the keys that begin with the prefix', () => {
    fc.assert(
      fc.property(key, fc.string({ unit: fc.constantFrom(...edges), maxLength: 2 }), (key, prefix) => {
        const after = afterPrefix(prefix);
        const inside = compareKeys(key, prefix) >= 0 && (after === undefined || compareKeys(key, after) < 0);
        expect(inside).toBe(key.startsWith(prefix));
      }),
      { numRuns: 2000 },
    );
  });
});

describe('compareBytes', () => {
  it('compares the parts it is told to, as Buffer.compare does', () => {
    const part = fc.array(fc.constantFrom(0, 1, 0x7f, 0x80, 0xff), { maxLength: 4 });
    fc.assert(
      fc.property(part, part, part, part, (before, a, b, after) => {
        const left = Uint8Array.of(...before, ...a, ...after);
        const right = Uint8Array.of(...after, ...b, ...before);
        const order = compareBytes(
          ...([left, before.length, before.length + a.length] as const),
          ...([right, after.length, after.length + b.length] as const),
        );
        expect(Math.sign(order)).toBe(Buffer.compare(Uint8Array.from(a), Uint8Array.from(b)));
      }),
      { numRuns: 1000 },
    );
  });
});
