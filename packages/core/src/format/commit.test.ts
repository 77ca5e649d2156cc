import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Writer } from '../bytes/writer.ts';
import { DELETE, writeDelete } from './change.ts';
import { changesOf, parseCommit } from './commit.ts';

describe('commits', () => {
  it('give their sequence number and their changes, however often they are asked', () => {
    fc.assert(
      fc.property(
        fc.maxSafeNat().map((seq) => seq || 1),
        fc.array(fc.string({ unit: 'binary' })),
        (seq, keys) => {
          const writer = new Writer();
          writer.varint(seq);
          for (const key of keys) writeDelete(writer, key);
          const commit = parseCommit(writer.take());
          expect(commit.seq).toBe(seq);
          for (let time = 0; time < 2; time++) {
            const changes = changesOf(commit);
            const read: string[] = [];
            while (changes.next()) {
              expect(changes.kind).toBe(DELETE);
              read.push(changes.key);
            }
            expect(read).toEqual(keys);
          }
        },
      ),
    );
  });

  it.each([
    ['nothing', []],
    ['a sequence number of 0', [0, 4]],
    ['half a sequence number', [0x80]],
  ])('with %s raise CORRUPT', (_, payload) => {
    expect(() => parseCommit(Uint8Array.from(payload))).toThrow(expect.objectContaining({ code: 'CORRUPT' }));
  });
});
