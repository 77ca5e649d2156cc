/** The frames of a log: of one append, and of all of it. */
import type { Commit } from '../../format/commit.ts';
import { FLIGHT, KIND } from '../../format/frame.ts';
import { BATCH_BYTES, type FrameWriter } from '../../format/frame-writer.ts';
import { writeRunEnd } from '../../format/run-end.ts';
import type { LogItem } from '../log.ts';

/** An append that has not settled. */
export interface Flight {
  readonly commits: readonly Commit[];
  /** Of the chain, before it. */
  readonly seed: number;
  /** Once they have been given to the medium. */
  frames: Uint8Array | undefined;
  /** Whether `appendSync` has come since: then it is written, and is not the end. */
  overtaken: boolean;
}

/** A replacement that is under way. */
export interface NextLog {
  readonly writer: FrameWriter;
  /** The last commit in it. */
  seq: number;
  /** Whether it is the log already, and has grown. */
  overtaken: boolean;
}

/** The frames of one append. `flags` go to the first. */
export function framesOf(
  commits: readonly Commit[],
  writer: FrameWriter,
  header: Uint8Array | undefined,
  flags: number,
): Uint8Array {
  if (header) writer.add(KIND.header, header, flags);
  for (const [index, commit] of commits.entries()) {
    writer.add(KIND.commit, commit.payload, header || index > 0 ? 0 : flags);
  }
  return writer.take();
}

/** The frames of a whole log. */
export async function* logOf(
  header: Uint8Array,
  items: AsyncIterable<readonly LogItem[]>,
  next: NextLog,
): AsyncGenerator<Uint8Array> {
  const { writer } = next;
  let headed = false;
  for await (const batch of items) {
    for (const item of batch) {
      if (!headed) writer.add(KIND.header, header, item.type === 'commit' ? FLIGHT : 0);
      headed = true;
      if (item.type === 'block') writer.add(KIND.block, item.bytes);
      else if (item.type === 'run') {
        writer.add(KIND.runEnd, writeRunEnd(item.summary));
        next.seq = item.summary.seq;
      } else if (item.type === 'commit') {
        writer.add(KIND.commit, item.commit.payload, FLIGHT);
        next.seq = item.commit.seq;
      }
      if (writer.length >= BATCH_BYTES) yield writer.take();
    }
  }
  if (!headed) writer.add(KIND.header, header, FLIGHT);
  yield writer.take();
}
