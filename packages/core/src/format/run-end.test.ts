import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseRunEnd, writeRunEnd } from './run-end.ts';

const corrupt = expect.objectContaining({ code: 'CORRUPT' });

describe('the end of a run', () => {
  it('is read as it was written; cut short or longer, it raises CORRUPT', () => {
    const summary = fc.record({ seq: fc.maxSafeNat(), blocks: fc.maxSafeNat(), entries: fc.maxSafeNat() });
    fc.assert(
      fc.property(summary, (summary) => {
        const bytes = writeRunEnd(summary);
        expect(parseRunEnd(bytes)).toEqual(summary);
        for (let length = 0; length < bytes.length; length++) {
          expect(() => parseRunEnd(bytes.subarray(0, length))).toThrow(corrupt);
        }
        expect(() => parseRunEnd(Uint8Array.of(...bytes, 0))).toThrow(corrupt);
      }),
    );
  });

  it('has these bytes', () => {
    expect([...writeRunEnd({ seq: 300, blocks: 1, entries: 2 })]).toEqual([0xac, 2, 1, 2]);
  });
});
