/** Puts new content in the place of a whole log. */
import { IsokvError } from '../../errors.ts';
import { startChain } from '../../format/frame.ts';
import type { LogItem, Position, ReplaceOptions } from '../log.ts';
import { logOf, type NextLog } from './framing.ts';
import { dropTorn, type State, switchTo } from './state.ts';

/** As `Log.replace`. */
export async function replace(
  state: State,
  items: AsyncIterable<readonly LogItem[]>,
  options: ReplaceOptions,
): Promise<Position> {
  const { bytes, identity } = state;
  if (!state.writer) throw new IsokvError('IO', 'this log must be read first');
  // In a shared log it may be what another writer is writing.
  if (!state.failed && !bytes.capabilities.shared) await dropTorn(state);
  const next: NextLog = { writer: identity.writer(startChain(bytes.crc32)), seq: 0, overtaken: false };
  state.next = next;
  let after = 0;
  const upTo = (): Position => {
    after = options.upTo();
    return after;
  };
  try {
    const end = await bytes.replace(logOf(identity.header(), items, next), {
      ...options,
      upTo,
      seq: () => next.seq,
    });
    if (!next.overtaken) switchTo(state, next, end);
  } finally {
    state.next = undefined;
  }
  state.last = { after, end: state.end, seq: next.seq };
  return state.end;
}
