import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TextAhead } from './text-ahead.ts';
import { encodeUtf8 } from './utf8.ts';

/** Texts one after another, each behind a byte that is no text, and where each is. */
function layOut(texts: readonly string[], between: number) {
  const pieces = texts.map((text) => [between, ...encodeUtf8(text)]);
  let at = 0;
  const places = pieces.map((piece) => {
    const start = at + 1;
    at += piece.length;
    return [start, at] as const;
  });
  return { bytes: Uint8Array.from(pieces.flat()), places };
}

const short = fc.string({ unit: 'grapheme', maxLength: 40 });
const long = fc.integer({ min: 200, max: 3000 }).map((length) => 'ab'.repeat(length));

describe('TextAhead', () => {
  it('decodes any texts, in any order, as they are', () => {
    const texts = fc.array(fc.oneof(short, fc.string({ maxLength: 60 }), long), { maxLength: 60 });
    fc.assert(
      fc.property(
        texts,
        fc.constantFrom(0x10, 0x80, 0xc3, 0xff),
        fc.array(fc.nat()),
        (all, between, jumps) => {
          const { bytes, places } = layOut(all, between);
          const forwards = all.map((_, index) => index);
          const order = [...forwards, ...[...forwards].reverse(), ...jumps.map((jump) => jump % all.length)];
          const ahead = new TextAhead();
          for (const index of all.length > 0 ? order : []) {
            const [start, end] = places[index] as readonly [number, number];
            expect(ahead.decode(bytes, start, end)).toBe(all[index]);
          }
        },
      ),
    );
  });

  it('does not take the texts of other bytes for those it has', () => {
    const ahead = new TextAhead();
    expect(ahead.decode(encodeUtf8('abcdef'), 1, 3)).toBe('bc');
    expect(ahead.decode(encodeUtf8('uvwxyz'), 1, 3)).toBe('vw');
  });

  it.each([
    ['a byte that is no UTF-8', [0x61, 0xff, 0x62]],
    ['U+FFFD cut short', [0xef, 0xbf]],
  ])('refuses %s', (_, bytes) => {
    const ahead = new TextAhead();
    expect(() => ahead.decode(Uint8Array.from(bytes), 0, bytes.length)).toThrow(
      expect.objectContaining({ code: 'CORRUPT' }),
    );
  });

  it('keeps U+FFFD apart from bytes that are no UTF-8', () => {
    const text = '\ufffd and more';
    const bytes = encodeUtf8(text);
    expect(new TextAhead().decode(bytes, 0, bytes.length)).toBe(text);
  });
});
