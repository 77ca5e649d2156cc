/** Adds commits to a log. */
import type { Commit } from '../../format/commit.ts';
import { FLIGHT } from '../../format/frame.ts';
import type { AppendOptions, Position } from '../log.ts';
import { type Flight, framesOf } from './framing.ts';
import { dropTorn, fail, growing, type State } from './state.ts';

/** As `Log.append`. */
export async function append(
  state: State,
  commits: readonly Commit[],
  options: AppendOptions,
): Promise<Position> {
  const writer = growing(state);
  const seq = commits.at(-1)?.seq ?? 0;
  const flight: Flight = { commits, seed: writer.chain.seed, frames: undefined, overtaken: false };
  state.flight = flight;
  try {
    if (state.tornAt !== undefined) await dropTorn(state);
    if (!flight.overtaken) {
      const header = state.end === 0 ? state.identity.header() : undefined;
      state.failed = true; // In case the engine ends the script in the middle of this.
      flight.frames = framesOf(commits, writer, header, FLIGHT);
      const appended = state.bytes.append([flight.frames], { ...options, seq });
      state.failed = false;
      const end = await appended;
      if (!flight.overtaken) state.end = end;
    }
    // At once, for anything may be asked for before the caller has heard.
    state.last = { after: options.after, end: state.end, seq };
  } catch (error) {
    if (!flight.overtaken) writer.chain.seed = flight.seed;
    fail(state, error);
  } finally {
    state.flight = undefined;
  }
  return state.end;
}
