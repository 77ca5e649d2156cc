import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { IsokvError } from '../errors.ts';
import { ChangeReader } from './change.ts';
import { changesOf, parseCommit } from './commit.ts';
import { FRAME_BYTES, MARKER, putFrame, startChain } from './frame.ts';
import { parseHeader, writeHeader } from './header.ts';
import { wasAcknowledged } from './resume.ts';
import { parseRunEnd } from './run-end.ts';
import { FrameScanner } from './scanner.ts';

const header = writeHeader({
  storeId: new Uint8Array(16),
  cipherName: 'x',
  cipherHeader: Uint8Array.of(1, 2),
});

/** Random bytes, and bytes that begin as they should. */
const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 200 }),
  fc
    .array(fc.oneof(fc.constantFrom(1, 2, 3, 4, 0x11, 0x80, 0xff), fc.nat(255)), { maxLength: 50 })
    .map((all) => Uint8Array.from(all)),
  fc
    .tuple(fc.nat(header.length), fc.uint8Array({ maxLength: 40 }))
    .map(([kept, rest]) => Uint8Array.of(...header.subarray(0, kept), ...rest)),
  fc.array(fc.tuple(fc.nat(255), fc.uint8Array({ maxLength: 30 })), { maxLength: 5 }).map((frames) => {
    const chain = startChain();
    const bytes = new Uint8Array(frames.reduce((sum, [, payload]) => sum + payload.length + FRAME_BYTES, 0));
    let at = 0;
    for (const [flags, payload] of frames) at = putFrame(bytes, at, flags & 0x3b, payload, chain);
    return bytes;
  }),
  fc
    .array(fc.constantFrom(MARKER, 0, 0x10, 0x18, 0xff), { maxLength: 300 })
    .map((all) => Uint8Array.from(all)),
);

function readChanges(changes: ChangeReader): void {
  let count = 0;
  while (changes.next()) count++;
  expect(count).toBeLessThanOrEqual(200);
}

const parsers: Record<string, (bytes: Uint8Array) => void> = {
  changes: (bytes) => readChanges(new ChangeReader(bytes)),
  commit: (bytes) => readChanges(changesOf(parseCommit(bytes))),
  header: parseHeader,
  'run end': parseRunEnd,
  scanner(bytes) {
    const scanner = new FrameScanner(undefined, 0);
    scanner.feed(bytes);
    while (scanner.next());
  },
  acknowledged: (bytes) => void wasAcknowledged(bytes, undefined, 0, false),
};

describe('hostile bytes', () => {
  it.each(Object.entries(parsers))('given to the parser of %s raise only errors of ours', (_, parse) => {
    const codes = ['CORRUPT', 'NOT_ISOKV', 'UNKNOWN_VERSION', 'SEALED'];
    fc.assert(
      fc.property(bytes, (bytes) => {
        try {
          parse(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(IsokvError);
          expect(codes).toContain((error as IsokvError).code);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
