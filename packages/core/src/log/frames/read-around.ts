/** Reads a log around what is damaged, where a strict reading would stop. */
import { corrupt, hasCode, type IsokvError } from '../../errors.ts';
import { FRAME_HEAD_BYTES, KIND, trimBlank } from '../../format/frame.ts';
import { hasMagic } from '../../format/header.ts';
import { resumeAfter } from '../../format/resume.ts';
import type { Message } from '../../format/scanner.ts';
import type { ByteChunk, ByteLog, LogItem, Position } from '../log.ts';
import { Scan, tornBytes } from './scan.ts';

/** Most of the magic: what a header must have, however damaged, for its bytes to be taken for a log. */
const MAGIC_LEAST = 6;

export interface AroundOptions {
  readonly bytes: ByteLog;
  /** Up to where the bytes are known to have been durable once. */
  readonly settled: Position;
  /** Takes in the header. */
  readonly begin: (message: Message, scan: Scan) => Promise<void>;
}

/**
 * The items of a log, with `damage` in the place of what is not intact. What is read up to the first damage is
 * what a strict reading gives; with none, all of it is.
 * @throws what a strict reading throws, but CORRUPT; NOT_ISOKV where even the format is not to be recognised
 */
export async function* readAround(
  chunks: AsyncIterable<ByteChunk>,
  options: AroundOptions,
): AsyncGenerator<readonly LogItem[]> {
  let scan: Scan | undefined;
  let failure: IsokvError | undefined;
  for await (const { bytes, position } of chunks) {
    scan ??= new Scan(options.bytes.crc32, position);
    scan.scanner.feed(bytes);
    if (failure) continue; // What follows the damage is needed whole.
    const items: LogItem[] = [];
    failure = await takeMessages(scan, options, items);
    if (items.length > 0) yield items;
  }
  if (!scan) return;
  const { scanner } = scan;
  while (true) {
    const items: LogItem[] = [];
    failure ??= takeEnd(scan, options, items);
    if (!failure) return yield items;
    const begin = scanner.position;
    const found = resumeAfter(scanner.rest, options.bytes.crc32, scanner.chain.seed);
    const rest = trimBlank(scanner.rest).length;
    const end = found
      ? scanner.restPosition + found.at
      : Math.max(scanner.restPosition + rest, options.settled);
    items.push(damageItem(begin, end, failure));
    scan.passedDamage();
    if (!found) return yield items;
    scanner.skipTo(found.at, found.seed);
    failure = await takeMessages(scan, options, items);
    yield items;
  }
}

/** Takes the messages that follow. @returns what is wrong with the bytes after them, when that is known already */
async function takeMessages(
  scan: Scan,
  { begin }: AroundOptions,
  items: LogItem[],
): Promise<IsokvError | undefined> {
  while (true) {
    let message: Message | undefined;
    try {
      message = scan.scanner.next();
    } catch (error) {
      return damageOnly(error);
    }
    if (!message) return undefined;
    try {
      if (message.kind === KIND.header) await begin(message, scan);
      else items.push(scan.item(message));
    } catch (error) {
      items.push(damageItem(message.start, message.end, damageOnly(error)));
      scan.passedDamage();
    }
  }
}

/** Takes what follows the last message. @returns what is wrong with it */
function takeEnd(scan: Scan, options: AroundOptions, items: LogItem[]): IsokvError | undefined {
  const { position, rest } = scan.scanner;
  try {
    const torn = tornBytes(scan, options.bytes, options.settled);
    if (torn > 0) items.push({ type: 'torn', position, bytes: torn });
    else if (scan.isEmpty) items.push({ type: 'start', position });
    return undefined;
  } catch (error) {
    const isNotOurs = hasCode(error, 'NOT_ISOKV');
    if (!isNotOurs || !isRecognised(rest)) return damageOnly(error);
    return corrupt('the header is damaged', position);
  }
}

/** Whether bytes whose header is damaged are a log's all the same: by most of its magic. */
function isRecognised(bytes: Uint8Array): boolean {
  return bytes.length > 0 && hasMagic(bytes, FRAME_HEAD_BYTES, MAGIC_LEAST);
}

function damageOnly(error: unknown): IsokvError {
  if (hasCode(error, 'CORRUPT')) return error;
  throw error;
}

function damageItem(begin: number, end: number, { message }: IsokvError): LogItem {
  return { type: 'damage', damage: { offset: begin, bytes: end - begin, message }, position: end };
}
