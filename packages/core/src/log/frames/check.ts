/** Reads all of a log that is open, around what has been damaged since. */
import type { LogItem } from '../log.ts';
import { readAround } from './read-around.ts';
import type { State } from './state.ts';

/** As `Log.read`, of a log that is open already. */
export async function* check(state: State): AsyncGenerator<readonly LogItem[]> {
  const { bytes, identity } = state;
  const damage = (await bytes.check?.()) ?? [];
  yield damage.map((one) => ({ type: 'damage', damage: one, position: one.offset + one.bytes }));
  // All that was taken in or appended is known to have been there.
  const settled = Math.max(bytes.settled, state.end);
  yield* readAround(bytes.read(), { bytes, settled, begin: identity.begin.bind(identity) });
}
