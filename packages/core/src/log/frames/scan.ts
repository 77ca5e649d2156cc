/** What a reading of a log knows of the order of its messages, and what it makes of the bytes after them. */
import type { Crc32 } from '../../bytes/crc32.ts';
import { corrupt } from '../../errors.ts';
import { parseCommit } from '../../format/commit.ts';
import { END, FLIGHT, KIND, MARKER, trimBlank } from '../../format/frame.ts';
import { hasMagic, notIsokv, parseHeader } from '../../format/header.ts';
import { wasAcknowledged } from '../../format/resume.ts';
import { parseRunEnd } from '../../format/run-end.ts';
import { FrameScanner, type Message } from '../../format/scanner.ts';
import type { ByteLog, LogItem, Position } from '../log.ts';

const OUT_OF_PLACE = 'a frame that is out of place';

/** The order of messages: header, then blocks and the end of the run, then commits. */
export class Scan {
  scanner: FrameScanner;
  headed: boolean;
  /** Whether a header has come, and nothing after it. */
  isEmpty = false;
  /** Whether the end of the run has yet to come. */
  inRun = false;
  #blocks = 0;
  /** Whether something is missing from what was read. */
  #damaged = false;

  /** `seed`: of the chain before `position`, for a scan that goes on after an earlier one, among the commits. */
  constructor(crc32: Crc32 | undefined, position: Position, seed?: number) {
    this.scanner = new FrameScanner(crc32, position, seed);
    this.headed = seed !== undefined;
  }

  /** Reads the medium once more after the last message. */
  readAgain(crc32: Crc32 | undefined): void {
    const { position, seed, session } = this.scanner;
    this.scanner = new FrameScanner(crc32, position, seed);
    this.scanner.session = session;
  }

  /** What is read next stands after damage: what comes before it in the order may have been there. */
  passedDamage(): void {
    if (!this.headed) this.inRun = true;
    this.headed = true;
    this.isEmpty = false;
    this.#damaged = true;
  }

  header(message: Message): ReturnType<typeof parseHeader> {
    if (this.headed) throw corrupt(OUT_OF_PLACE, message.start);
    this.headed = true;
    this.isEmpty = true;
    this.inRun = !message.flight;
    return parseHeader(message.payload);
  }

  item({ kind, payload, start, end }: Message): LogItem {
    if (!this.headed) throw notIsokv();
    this.isEmpty = false;
    if (kind === KIND.commit) {
      if (this.inRun && !this.#damaged) throw corrupt(OUT_OF_PLACE, start);
      this.inRun = false;
      return { type: 'commit', commit: parseCommit(payload), position: end };
    }
    if (!this.inRun) throw corrupt(OUT_OF_PLACE, start);
    if (kind === KIND.block) {
      this.#blocks++;
      return { type: 'block', bytes: payload, position: end };
    }
    const summary = parseRunEnd(payload);
    if (summary.blocks !== this.#blocks && !this.#damaged) throw corrupt('a run that has lost blocks', start);
    this.inRun = false;
    return { type: 'run', summary, position: end };
  }
}

/**
 * How many bytes after the last valid frame are a torn tail: an append that was never acknowledged.
 * @throws CORRUPT when they are damage, and NOT_ISOKV when not even the header is ours
 */
export function tornBytes(
  scan: Scan,
  { capabilities, crc32, isOurs = false }: ByteLog,
  settled: Position,
): number {
  const { scanner } = scan;
  const tail = trimBlank(scanner.rest);
  const at = scanner.restPosition;
  const unfinished = at - scanner.position + tail.length;
  // A first append that tore may have left anything where the header should be.
  const mayBeTorn = isOurs && !beginsRun(tail);
  if (!scan.headed && tail.length > 0 && !mayBeTorn) {
    if (!beginsLikeHeader(tail)) throw notIsokv();
    if (tail.length > 1 && !beginsFlight(tail)) throw corrupt('the header is damaged', at);
  }
  if (scan.inRun) throw corrupt('the run is cut short', at);
  if (scanner.position < settled) {
    throw corrupt(`damaged: ${settled} bytes were whole when it was closed`, at);
  }
  const { rest, chain } = scanner;
  if (unfinished > 0 && (capabilities.atomic || wasAcknowledged(rest, crc32, chain.seed, scan.headed))) {
    throw corrupt('damaged bytes that had been acknowledged', at);
  }
  return unfinished;
}

/** Whether these bytes could be the beginning of a header frame: a log cut while it was being created. */
function beginsLikeHeader(bytes: Uint8Array): boolean {
  return bytes[0] === MARKER && hasMagic(bytes, 6);
}

/** Whether these bytes could be the beginning of a log that was put in place as a whole. */
function beginsRun(bytes: Uint8Array): boolean {
  return beginsLikeHeader(bytes) && bytes[1] === (KIND.header | END);
}

function beginsFlight(frame: Uint8Array): boolean {
  return ((frame[1] as number) & FLIGHT) !== 0;
}
