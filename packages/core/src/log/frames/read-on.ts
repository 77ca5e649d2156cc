/** Reads a log strictly: all of it, to open it, or what has come after a position. Damage ends the reading. */
import { KIND } from '../../format/frame.ts';
import type { LogItem, Position } from '../log.ts';
import { Scan, tornBytes } from './scan.ts';
import { continueChain, type State } from './state.ts';

/** As `Log.read`, of a log that is not being checked. Once it has ended, the log can grow. */
export async function* readOn(state: State, after: Position | undefined): AsyncGenerator<readonly LogItem[]> {
  const { bytes, readOnly, identity } = state;
  const { crc32 } = bytes;
  let from = state.astray ? undefined : after;
  state.astray = readOnly; // Until all of this has been read.
  let scan = new Scan(crc32, from ?? 0, from ? state.writer?.chain.seed : undefined);
  if (from) scan.scanner.session = identity.session;
  let started = false;
  let torn: number | undefined;
  while (torn === undefined) {
    let isFirst = true;
    for await (const chunk of bytes.read(from)) {
      if (isFirst) {
        isFirst = false;
        // What stood at `from` has been replaced, and this is all of it.
        if (!from || chunk.position !== from) {
          scan = new Scan(crc32, chunk.position);
          if (after || started) yield [{ type: 'start', position: chunk.position }];
        }
        started = true;
      }
      scan.scanner.feed(chunk.bytes);
      const items: LogItem[] = [];
      for (let message = scan.scanner.next(); message; message = scan.scanner.next()) {
        if (message.kind === KIND.header) await identity.begin(message, scan);
        else items.push(scan.item(message));
      }
      if (items.length > 0) yield items;
    }
    const { position } = scan.scanner;
    try {
      torn = tornBytes(scan, bytes, bytes.settled);
    } catch (error) {
      // A writer may have been adding just this, and gone on while it was read: damage is where it was.
      if (!readOnly || position === from) throw error;
      from = position;
      scan.readAgain(crc32);
    }
  }
  const { position, seed } = scan.scanner;
  if (torn > 0) yield [{ type: 'torn', position, bytes: torn }];
  // A header and no more: no item has told where the log ends.
  else if (scan.isEmpty) yield [{ type: 'start', position }];
  state.astray = false;
  // Nothing there, or nothing more than was known.
  if (!state.isOpen || (!started && after)) return;
  if (!scan.headed) await identity.create();
  state.end = scan.headed ? position : 0;
  state.tornAt = torn > 0 ? position : undefined;
  continueChain(state, seed);
}
