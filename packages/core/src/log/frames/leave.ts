/** Leaves commits where the next opening finds them: for a page that may be about to go. */
import { concat } from '../../bytes/concat.ts';
import type { Commit } from '../../format/commit.ts';
import { FLIGHT } from '../../format/frame.ts';
import type { FrameWriter } from '../../format/frame-writer.ts';
import { framesOf } from './framing.ts';
import type { State } from './state.ts';

/** As `Log.leave`. */
export function leave(state: State, commits: readonly Commit[]): void {
  const { writer, flight, next } = state;
  // Nothing can follow where an append has failed, or a tear is.
  if (!writer || (state.failed && !flight) || state.tornAt !== undefined) return;
  const after = (seq = 0): Commit[] => commits.filter((commit) => commit.seq > seq);
  const missing = after(flight?.frames ? flight.commits.at(-1)?.seq : state.last?.seq);
  // Should the engine have ended the script in the middle of an append, its frames are made again.
  const frames = flight?.frames
    ? concat([flight.frames, framesAfter(state, writer, missing, 0)])
    : framesAfter(state, writer, missing, FLIGHT, flight?.seed);
  const afterNext = next && framesAfter(state, next.writer, after(next.seq), 0);
  state.bytes.leave?.(frames, state.end, afterNext);
}

/** What would follow what a writer has written, which goes on as if it had not been asked. `flags` go to the first. */
function framesAfter(
  { end, identity }: State,
  { chain, session }: FrameWriter,
  commits: readonly Commit[],
  flags: number,
  seed: number = chain.seed,
): Uint8Array {
  const header = flags && end === 0 ? identity.header() : undefined;
  return framesOf(commits, identity.writer({ ...chain, seed }, session), header, flags);
}
