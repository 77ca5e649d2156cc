/**
 * What the bytes of a flash image are for, read from the image alone: which pages count, and which of their
 * changes are the newest of their entry. A picture: it takes for damage what does not check out, and goes on.
 */
import { changesOf } from './changes-of.ts';
import { headerOf, recordAt, summaryStart } from './records.ts';

export type Use = 'frame' | 'live' | 'dead' | 'torn' | 'free';

export interface PageMap {
  /** Which page of the log it is; 0: none, it is erased before it is used again. */
  readonly seq: number;
  /** One for each byte. */
  readonly uses: readonly Use[];
}

export function mapPages(image: Uint8Array, pageSize: number, unit: number): PageMap[] {
  const pages = Array.from({ length: image.length / pageSize }, (_, slot) => {
    const bytes = image.subarray(slot * pageSize, (slot + 1) * pageSize);
    const uses = Array.from(bytes, (byte): Use => (byte === 0xff ? 'free' : 'torn'));
    return { bytes, uses, ...headerOf(bytes, unit) };
  });
  const inOrder = pages.filter(({ seq }) => seq > 0).sort((a, b) => a.seq - b.seq);
  let oldest = inOrder.at(-1)?.oldest ?? 0;
  for (const { bytes, seq } of inOrder) {
    for (const record of recordsOf(bytes, seq, unit)) oldest = Math.max(oldest, (record.retires ?? -1) + 1);
  }

  /** For each entry, what makes its newest change so far a dead one. */
  const newest = new Map<string, () => void>();
  for (const { bytes, seq, uses } of inOrder) {
    if (seq < oldest) continue;
    uses.fill('frame', 0, 32);
    for (const { start, end, changesEnd, retires } of recordsOf(bytes, seq, unit)) {
      uses.fill('frame', start, end);
      if (retires !== undefined) continue;
      for (const { name, from, to, isPut } of changesOf(bytes, start + 4, changesEnd)) {
        newest.get(name)?.();
        newest.set(name, () => uses.fill('dead', from, to));
        uses.fill(isPut ? 'live' : 'dead', from, to);
      }
    }
    uses.fill('frame', summaryStart(bytes));
  }
  for (const { seq, uses } of pages) {
    if (seq === 0 || seq >= oldest) continue;
    // A page that counts no more waits to be erased, all of it.
    for (const [at, use] of uses.entries()) if (use !== 'free') uses[at] = 'dead';
  }
  return pages.map(({ seq, uses }) => ({ seq: seq >= oldest ? seq : 0, uses }));
}

function* recordsOf(
  bytes: Uint8Array,
  seq: number,
  unit: number,
): Generator<NonNullable<ReturnType<typeof recordAt>>> {
  for (let record = recordAt(bytes, 32, seq, unit); record; record = recordAt(bytes, record.end, seq, unit))
    yield record;
}
