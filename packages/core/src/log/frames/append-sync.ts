/** Adds commits to a log before it returns, whatever is under way: for the end of a process, which waits for nothing. */
import type { Commit } from '../../format/commit.ts';
import { FLIGHT } from '../../format/frame.ts';
import type { AppendOptions, Position, SyncByteLog } from '../log.ts';
import { framesOf, type NextLog } from './framing.ts';
import { fail, growing, type State, switchTo } from './state.ts';

/** As `Log.appendSync`. */
export function appendSync(state: State, commits: readonly Commit[], options: AppendOptions): Position {
  growing(state);
  const sync = state.bytes.sync as SyncByteLog;
  const { next } = state;
  const replacedTo = sync.stopReplace();
  if (next && replacedTo !== undefined) {
    if (!next.overtaken) switchTo(state, next, replacedTo);
    return appendToNext(state, sync, next, commits, options);
  }
  const { chain, session } = growing(state);
  const { seed } = chain;
  // One that was overtaken before is written.
  const flight = state.flight?.overtaken ? undefined : state.flight;
  const heard = options.after !== state.last?.after || state.end !== state.last.end;
  state.failed = true; // In case the engine ends the script in the middle of this.
  try {
    if (state.tornAt !== undefined) sync.truncate(state.tornAt);
    state.tornAt = undefined;
    const missing = flight && !flight.frames ? flight.commits : [];
    const header = state.end === 0 && !flight?.frames ? state.identity.header() : undefined;
    // What is under way has not been acknowledged, and this is not to say that it had been.
    const flags = flight?.frames ? 0 : FLIGHT;
    // The buffer of the log's own writer may be being written.
    const writer = state.identity.writer(chain, session);
    const frames = framesOf([...missing, ...commits], writer, header, flags);
    state.end = sync.append([frames], heard ? options : { ...options, after: state.end });
    if (flight) flight.overtaken = true;
    state.failed = false;
  } catch (error) {
    chain.seed = seed;
    fail(state, error);
  }
  return state.end;
}

/** The new content has become the log, and whoever asked for that has not heard of it yet. */
function appendToNext(
  state: State,
  sync: SyncByteLog,
  next: NextLog,
  commits: readonly Commit[],
  options: AppendOptions,
): Position {
  next.overtaken = true;
  const missing = commits.filter(({ seq }) => seq > next.seq);
  state.failed = true;
  const writer = state.identity.writer(next.writer.chain, next.writer.session);
  const frames = framesOf(missing, writer, undefined, FLIGHT);
  state.end = sync.append([frames], { ...options, after: state.end });
  state.failed = false;
  return state.end;
}
