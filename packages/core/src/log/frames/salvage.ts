/** Reads a log that may be damaged. What is intact of one that is takes its place, and the damaged one is kept aside. */
import { corrupt, hasCode, IsokvError, isConflict } from '../../errors.ts';
import type { Message } from '../../format/scanner.ts';
import type { ByteChunk, LogItem, Position } from '../log.ts';
import { Identity } from './identity.ts';
import { readAround } from './read-around.ts';
import { readOn } from './read-on.ts';
import { replace } from './replace.ts';
import { Salvager } from './salvager.ts';
import type { Scan } from './scan.ts';
import { continueChain, type State } from './state.ts';

/** How often a salvage is tried while other writers come first. */
const SALVAGE_ATTEMPTS = 5;

/** As `Log.read`, of a log opened with `recovery: 'salvage'`. */
export async function* salvage(
  state: State,
  attempts: number = SALVAGE_ATTEMPTS,
): AsyncGenerator<readonly LogItem[]> {
  const { bytes } = state;
  // It was read before, by who only reads.
  if (state.readOnly && state.failed) yield [{ type: 'start', position: 0 }];
  const damage = (await bytes.check?.()) ?? [];
  let failure = damage[0] && corrupt(damage[0].message, damage[0].offset);
  if (!failure) {
    try {
      const batches = [];
      for await (const items of readOn(state, undefined)) batches.push(items);
      state.failed = false;
      return yield* batches;
    } catch (error) {
      if (!hasCode(error, 'CORRUPT') && !hasCode(error, 'NOT_ISOKV')) throw error;
      failure = error;
    }
  }
  const salvager = new Salvager(damage);
  const end = await gather(state, salvager, failure);
  if (salvager.isEmpty) throw failure;
  const items = [...salvager.items()];
  async function* content(): AsyncGenerator<readonly LogItem[]> {
    yield items;
  }
  continueChain(state, 0);
  state.failed = true;
  let position = end;
  let keptAs: string | undefined;
  if (!state.readOnly) {
    const { name, setsAside } = bytes.capabilities;
    if (!setsAside)
      throw new IsokvError(
        'UNSUPPORTED',
        `${name} cannot keep a damaged log aside: open it with readOnly to read what is intact`,
        { cause: failure },
      );
    const setAside = (kept: string): void => {
      keptAs = kept;
    };
    try {
      position = await replace(state, content(), { upTo: () => end, setAside });
    } catch (error) {
      // Another writer came first, perhaps with the same.
      if (!isConflict(error) || attempts === 1) throw error;
      return yield* salvage(state, attempts - 1);
    }
  }
  yield [...items, { type: 'salvaged', salvage: salvager.report(keptAs), position }];
}

/** Gives the salvager all that is intact. @returns where the bytes end */
async function gather(state: State, salvager: Salvager, failure: IsokvError): Promise<Position> {
  const { bytes } = state;
  let end: Position = 0;
  async function* chunks(): AsyncGenerator<ByteChunk> {
    for await (const chunk of bytes.read()) {
      end = chunk.position + chunk.bytes.length;
      yield chunk;
    }
  }
  const identity = new Identity(state.identity.cipher);
  state.identity = identity;
  const begin = async (message: Message, scan: Scan): Promise<void> => {
    await identity.begin(message, scan);
    if (message.flight) salvager.startsWithCommits();
  };
  try {
    for await (const items of readAround(chunks(), { bytes, settled: bytes.settled, begin })) {
      // Else what was never sealed would be taken for what was.
      if (identity.cipher && !identity.session) throw failure;
      for (const item of items) salvager.take(item);
    }
  } catch (error) {
    if (!identity.cipher || identity.session) throw error;
    const why = 'the header is damaged: the cipher cannot start';
    throw new IsokvError('CORRUPT', why, { cause: failure, offset: failure.offset });
  }
  if (!identity.isKnown) await identity.create();
  return end;
}
