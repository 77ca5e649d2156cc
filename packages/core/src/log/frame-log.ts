/**
 * Makes a `Log` of a `ByteLog`: frames, checksums, sealing, torn tails. What it writes is
 *
 *     header | blocks of the run, end of the run | commits
 *
 * The run is there after a `replace` only; it is never torn, for a replace is atomic. A header that begins no
 * flight says that a run follows.
 */
import { compareBytes } from '../bytes/order.ts';
import type { Cipher, CipherSession } from '../cipher.ts';
import { corrupt, IsokvError } from '../errors.ts';
import { type Commit, parseCommit } from '../format/commit.ts';
import { FLIGHT, KIND, MARKER, startChain } from '../format/frame.ts';
import { BATCH_BYTES, FrameWriter } from '../format/frame-writer.ts';
import { hasMagic, notIsokv, parseHeader, STORE_ID_BYTES, writeHeader } from '../format/header.ts';
import { parseRunEnd, writeRunEnd } from '../format/run-end.ts';
import { FrameScanner, type Message, wasAcknowledged } from '../format/scanner.ts';
import type {
  AppendOptions,
  ByteLog,
  Log,
  LogItem,
  LogOpenOptions,
  Position,
  ReplaceOptions,
} from './log.ts';

/** A `Log` on a place to append bytes. */
export function frameLog(bytes: ByteLog): Log {
  return new FrameLog(bytes);
}

class FrameLog implements Log {
  readonly capabilities;
  readonly watch?: (onAppend: () => void) => () => void;
  readonly #bytes: ByteLog;
  #isOpen = false;
  #cipher: Cipher | undefined;
  #session: CipherSession | undefined;
  #storeId: Uint8Array = new Uint8Array(STORE_ID_BYTES);
  /** Appends continue its chain. Undefined until the log was read. */
  #writer: FrameWriter | undefined;
  /** After a failed append it is not known what reached the medium: nothing may follow it. */
  #failed = false;
  #end: Position = 0;
  /** The end of what is valid, when a torn tail follows it. */
  #tornAt: Position | undefined;

  constructor(bytes: ByteLog) {
    this.#bytes = bytes;
    this.capabilities = bytes.capabilities;
    if (bytes.watch) this.watch = (onAppend) => (bytes.watch as NonNullable<ByteLog['watch']>)(onAppend);
  }

  async open({ readOnly, mode, cipher }: LogOpenOptions): Promise<void> {
    this.#cipher = cipher;
    this.#session = undefined;
    this.#writer = undefined;
    this.#failed = false;
    this.#end = 0;
    this.#tornAt = undefined;
    await this.#bytes.open({ readOnly, mode });
    this.#isOpen = true;
  }

  async *read(after?: Position): AsyncGenerator<readonly LogItem[]> {
    const { crc32 } = this.#bytes;
    const isCheck = after === undefined && this.#writer !== undefined;
    let scan = new Scan(new FrameScanner(crc32, after ?? 0), false);
    let started = false;
    for await (const chunk of this.#bytes.read(after)) {
      if (!started) {
        started = true;
        if (after && chunk.position === after) {
          scan = new Scan(new FrameScanner(crc32, after, this.#writer?.chain.seed), true);
          scan.scanner.session = this.#session;
        } else {
          scan = new Scan(new FrameScanner(crc32, chunk.position), false);
          if (after) yield [{ type: 'start', position: chunk.position }];
        }
      }
      scan.scanner.feed(chunk.bytes);
      const items: LogItem[] = [];
      for (let message = scan.scanner.next(); message; message = scan.scanner.next()) {
        if (message.kind === KIND.header) await this.#begin(message, scan);
        else items.push(scan.item(message));
      }
      if (items.length > 0) yield items;
    }
    const { scanner } = scan;
    const torn = tornBytes(scan, this.#bytes);
    if (torn > 0) yield [{ type: 'torn', position: scanner.position, bytes: torn }];
    // A header and no more: no item has told where the log ends.
    else if (scan.isEmpty) yield [{ type: 'start', position: scanner.position }];
    if (isCheck || !this.#isOpen) return;
    // Nothing there, or nothing more than was known.
    if (!started && after) return;
    if (!scan.headed) await this.#create();
    this.#end = scan.headed ? scanner.position : 0;
    this.#tornAt = torn > 0 ? scanner.position : undefined;
    const chain = startChain(crc32);
    chain.seed = scanner.seed;
    this.#writer = new FrameWriter(chain, this.#session, this.#cipher?.overheadBytes);
  }

  async append(commits: readonly Commit[], { durability, after }: AppendOptions): Promise<Position> {
    const writer = this.#writer;
    if (!writer || this.#failed)
      throw new IsokvError(
        'IO',
        'this log must be read, or rewritten after a failed append, before it can grow',
      );
    if (this.#tornAt !== undefined) {
      await this.#bytes.truncate(this.#tornAt);
      this.#tornAt = undefined;
    }
    const { seed } = writer.chain;
    let flags = FLIGHT;
    try {
      if (this.#end === 0) {
        writer.add(KIND.header, this.#header(), flags);
        flags = 0;
      }
      for (const commit of commits) {
        writer.add(KIND.commit, commit.payload, flags);
        flags = 0;
      }
      this.#end = await this.#bytes.append([writer.take()], { durability, after });
    } catch (error) {
      writer.chain.seed = seed;
      this.#failed = !(error instanceof IsokvError && error.code === 'LOG_CONFLICT');
      throw error;
    }
    return this.#end;
  }

  async replace(items: AsyncIterable<readonly LogItem[]>, { upTo }: ReplaceOptions): Promise<Position> {
    if (!this.#writer)
      throw new IsokvError('IO', 'this log must be opened and read before it can be rewritten');
    const header = this.#header();
    const writer = new FrameWriter(startChain(this.#bytes.crc32), this.#session, this.#cipher?.overheadBytes);
    this.#end = await this.#bytes.replace(framesOf(header, items, writer), { upTo });
    if (this.#isOpen) this.#writer = writer;
    this.#failed = false;
    this.#tornAt = undefined;
    return this.#end;
  }

  close(): Promise<void> {
    const isKnown = this.#writer !== undefined && !this.#failed && this.#tornAt === undefined;
    this.#isOpen = false;
    this.#writer = undefined;
    return this.#bytes.close({ end: isKnown ? this.#end : undefined });
  }

  destroy(): Promise<void> {
    return this.#bytes.destroy();
  }

  /** Takes in the header that was read. */
  async #begin(message: Message, scan: Scan): Promise<void> {
    const { storeId, cipherName, cipherHeader } = scan.header(message);
    if (cipherName !== (this.#cipher?.name ?? '')) {
      const found = cipherName === '' ? 'not sealed' : `sealed with ${cipherName}`;
      throw new IsokvError(
        'SEALED',
        `this store is ${found}: open it with the cipher it was made with, or none`,
      );
    }
    this.#storeId = storeId;
    const known = this.#session?.header;
    if (!known || compareBytes(known, 0, known.length, cipherHeader, 0, cipherHeader.length) !== 0) {
      this.#session = await this.#cipher?.start(cipherHeader);
    }
    scan.scanner.session = this.#session;
  }

  /** Gives a new log its identity; it is written with the first append. */
  async #create(): Promise<void> {
    this.#storeId = Uint8Array.from({ length: STORE_ID_BYTES }, () => Math.random() * 256);
    this.#session = await this.#cipher?.start(undefined);
  }

  #header(): Uint8Array {
    return writeHeader({
      storeId: this.#storeId,
      cipherName: this.#cipher?.name ?? '',
      cipherHeader: this.#session?.header ?? new Uint8Array(0),
    });
  }
}

/** What a reading knows of the order of messages: header, then blocks and the end of the run, then commits. */
class Scan {
  readonly scanner: FrameScanner;
  #headed: boolean;
  /** Whether the end of the run has yet to come. */
  #inRun = false;
  #blocks = 0;
  #isEmpty = false;

  /** `goesOn`: the scan begins after an earlier one, among the commits. */
  constructor(scanner: FrameScanner, goesOn: boolean) {
    this.scanner = scanner;
    this.#headed = goesOn;
  }

  get headed(): boolean {
    return this.#headed;
  }

  /** Whether a header has come, and nothing after it. */
  get isEmpty(): boolean {
    return this.#isEmpty;
  }

  get inRun(): boolean {
    return this.#inRun;
  }

  header(message: Message): ReturnType<typeof parseHeader> {
    if (this.#headed) throw corrupt('a second header', message.start);
    this.#headed = true;
    this.#isEmpty = true;
    this.#inRun = !message.flight;
    return parseHeader(message.payload);
  }

  item({ kind, payload, start, end }: Message): LogItem {
    if (!this.#headed) throw notIsokv();
    this.#isEmpty = false;
    if (kind === KIND.commit) {
      if (this.#inRun) throw corrupt('a commit before the end of the run', start);
      return { type: 'commit', commit: parseCommit(payload), position: end };
    }
    if (!this.#inRun) throw corrupt('a piece of a run where there is none', start);
    if (kind === KIND.block) {
      this.#blocks++;
      return { type: 'block', bytes: payload, position: end };
    }
    const summary = parseRunEnd(payload);
    if (summary.blocks !== this.#blocks) throw corrupt('a run that has lost blocks', start);
    this.#inRun = false;
    return { type: 'run', summary, position: end };
  }
}

/**
 * How many bytes after the last valid frame are a torn tail: an append that was never acknowledged.
 * @throws CORRUPT when they are damage, and NOT_ISOKV when not even the header is ours
 */
function tornBytes(scan: Scan, { settled, crc32, isOurs = false }: ByteLog): number {
  const { scanner } = scan;
  const tail = trimBlank(scanner.rest);
  const at = scanner.restPosition;
  const unfinished = at - scanner.position + tail.length;
  // A first append that tore may have left its beginning blank.
  const mayBeTorn = isOurs && tail[0] === 0;
  if (!scan.headed && tail.length > 0 && !mayBeTorn) {
    if (!beginsLikeHeader(tail)) throw isOurs ? corrupt('the header is damaged', at) : notIsokv();
    if (tail.length > 1 && !beginsFlight(tail)) throw corrupt('the header is damaged, or cut short', at);
  }
  if (scan.inRun) throw corrupt('the run is cut short', at);
  if (scanner.position < settled) {
    throw corrupt(`damaged, or cut short: ${settled} bytes were whole when it was closed`, at);
  }
  if (unfinished > 0 && wasAcknowledged(scanner.rest, crc32, scanner.chain.seed, scan.headed)) {
    throw corrupt('damaged bytes, and what follows them shows that they had been acknowledged', at);
  }
  return unfinished;
}

/** Without what was never written at the end (preallocated zeros, erased 0xFF). */
function trimBlank(bytes: Uint8Array): Uint8Array {
  let end = bytes.length;
  while (end > 0 && bytes[end - 1] === 0) end--;
  if (end === bytes.length) while (end > 0 && bytes[end - 1] === 0xff) end--;
  return bytes.subarray(0, end);
}

/** Whether these bytes could be the beginning of a header frame: a log cut while it was being created. */
function beginsLikeHeader(bytes: Uint8Array): boolean {
  return bytes[0] === MARKER && hasMagic(bytes, 6);
}

function beginsFlight(frame: Uint8Array): boolean {
  return ((frame[1] as number) & FLIGHT) !== 0;
}

async function* framesOf(
  header: Uint8Array,
  items: AsyncIterable<readonly LogItem[]>,
  writer: FrameWriter,
): AsyncGenerator<Uint8Array> {
  let headed = false;
  for await (const batch of items) {
    for (const item of batch) {
      if (!headed) writer.add(KIND.header, header, item.type === 'commit' ? FLIGHT : 0);
      headed = true;
      if (item.type === 'block') writer.add(KIND.block, item.bytes);
      else if (item.type === 'run') writer.add(KIND.runEnd, writeRunEnd(item.summary));
      else if (item.type === 'commit') writer.add(KIND.commit, item.commit.payload, FLIGHT);
      if (writer.length >= BATCH_BYTES) yield writer.take();
    }
  }
  if (!headed) writer.add(KIND.header, header, FLIGHT);
  yield writer.take();
}
