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
import type { Commit } from '../format/commit.ts';
import { FLIGHT, KIND, startChain } from '../format/frame.ts';
import { BATCH_BYTES, FrameWriter } from '../format/frame-writer.ts';
import { STORE_ID_BYTES, writeHeader } from '../format/header.ts';
import { writeRunEnd } from '../format/run-end.ts';
import { FrameScanner, type Message } from '../format/scanner.ts';
import type {
  AppendOptions,
  ByteChunk,
  ByteLog,
  Log,
  LogItem,
  LogOpenOptions,
  Position,
  ReplaceOptions,
} from './log.ts';
import { readAround } from './read-around.ts';
import { cannotKeep, cannotSalvage, Salvager } from './salvage.ts';
import { Scan, tornBytes } from './scan.ts';

/** A `Log` on a place to append bytes. */
export function frameLog(bytes: ByteLog): Log {
  return new FrameLog(bytes);
}

class FrameLog implements Log {
  readonly capabilities;
  readonly watch?: (onAppend: () => void) => () => void;
  readonly #bytes: ByteLog;
  #isOpen = false;
  #readOnly = false;
  #salvages = false;
  #cipher: Cipher | undefined;
  #session: CipherSession | undefined;
  #storeId: Uint8Array | undefined;
  /** Appends continue its chain. Undefined until the log was read. */
  #writer: FrameWriter | undefined;
  /** After a failed append it is not known what reached the medium: nothing may follow it. */
  #failed = false;
  #end: Position = 0;
  /** The end of what is valid, when a torn tail follows it. */
  #tornAt: Position | undefined;
  #dropping: Promise<void> | undefined;

  constructor(bytes: ByteLog) {
    this.#bytes = bytes;
    this.capabilities = bytes.capabilities;
    if (bytes.watch) this.watch = (onAppend) => (bytes.watch as NonNullable<ByteLog['watch']>)(onAppend);
  }

  async open({ readOnly, mode, recovery, cipher }: LogOpenOptions): Promise<void> {
    this.#readOnly = readOnly;
    this.#salvages = recovery === 'salvage';
    this.#cipher = cipher;
    this.#session = undefined;
    this.#storeId = undefined;
    this.#writer = undefined;
    this.#failed = false;
    this.#end = 0;
    this.#tornAt = undefined;
    await this.#bytes.open({ readOnly, mode, recovery });
    this.#isOpen = true;
  }

  read(after?: Position): AsyncGenerator<readonly LogItem[]> {
    // What was salvaged by who only reads still stands as it was, and has no end to go on from.
    if (after !== undefined)
      return this.#readOnly && this.#failed ? this.#salvageAgain() : this.#readOn(after);
    if (this.#writer) return this.#check();
    return this.#salvages ? this.#salvage() : this.#readOn(undefined);
  }

  async append(commits: readonly Commit[], { durability, after }: AppendOptions): Promise<Position> {
    const writer = this.#writer;
    if (!writer || this.#failed)
      throw new IsokvError(
        'IO',
        'this log must be read, or rewritten after a failed append, before it can grow',
      );
    await this.#dropTorn();
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
      this.#failed = !isConflict(error);
      throw error;
    }
    return this.#end;
  }

  async replace(items: AsyncIterable<readonly LogItem[]>, options: ReplaceOptions): Promise<Position> {
    if (!this.#writer)
      throw new IsokvError('IO', 'this log must be opened and read before it can be rewritten');
    // In a shared log it may be what another writer is writing.
    if (!this.#failed && !this.capabilities.shared) await this.#dropTorn();
    const header = this.#header();
    const writer = new FrameWriter(startChain(this.#bytes.crc32), this.#session, this.#cipher?.overheadBytes);
    this.#end = await this.#bytes.replace(framesOf(header, items, writer), options);
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

  /** Reads strictly: all of the log, to open it, or what has come after a position. */
  async *#readOn(after: Position | undefined): AsyncGenerator<readonly LogItem[]> {
    const { crc32 } = this.#bytes;
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
    // Nothing there, or nothing more than was known.
    if (!this.#isOpen || (!started && after)) return;
    if (!scan.headed) await this.#create();
    this.#end = scan.headed ? scanner.position : 0;
    this.#tornAt = torn > 0 ? scanner.position : undefined;
    this.#continue(scanner.seed);
  }

  /** Reads all of a log that is open, around what has been damaged since. */
  async *#check(): AsyncGenerator<readonly LogItem[]> {
    const damage = (await this.#bytes.check?.()) ?? [];
    yield damage.map((one) => ({ type: 'damage', damage: one, position: one.offset + one.bytes }));
    // All that was taken in or appended is known to have been there.
    const settled = Math.max(this.#bytes.settled, this.#end);
    yield* readAround(this.#bytes.read(), {
      ...this.#traits(settled),
      begin: (message, scan) => this.#begin(message, scan),
    });
  }

  /** Opens a log that may be damaged. What is intact of one that is takes its place, and it is kept aside. */
  async *#salvage(): AsyncGenerator<readonly LogItem[]> {
    const damage = (await this.#bytes.check?.()) ?? [];
    let failure: unknown = damage[0] && corrupt(damage[0].message, damage[0].offset);
    if (!failure) {
      try {
        const batches = [];
        for await (const items of this.#readOn(undefined)) batches.push(items);
        this.#failed = false;
        return yield* batches;
      } catch (error) {
        if (!isDamage(error)) throw error;
        failure = error;
      }
    }
    const salvager = new Salvager(damage);
    const end = await this.#gather(salvager, failure);
    if (salvager.isEmpty) throw failure;
    const items = [...salvager.items()];
    this.#continue(0);
    this.#failed = true;
    let position = end;
    let keptAs: string | undefined;
    if (!this.#readOnly) {
      if (!this.capabilities.setsAside) throw cannotKeep(this.capabilities.name, failure);
      const setAside = (name: string): void => {
        keptAs = name;
      };
      position = await this.replace(once(items), { upTo: () => end, setAside });
    }
    yield [...items, { type: 'salvaged', salvage: salvager.report(keptAs), position }];
  }

  async *#salvageAgain(): AsyncGenerator<readonly LogItem[]> {
    yield [{ type: 'start', position: 0 }];
    yield* this.#salvage();
  }

  /** Gives the salvager all that is intact. @returns where the bytes end */
  async #gather(salvager: Salvager, failure: unknown): Promise<Position> {
    const bytes = this.#bytes;
    let end: Position = 0;
    async function* chunks(): AsyncGenerator<ByteChunk> {
      for await (const chunk of bytes.read()) {
        end = chunk.position + chunk.bytes.length;
        yield chunk;
      }
    }
    this.#session = undefined;
    this.#storeId = undefined;
    const begin = async (message: Message, scan: Scan): Promise<void> => {
      await this.#begin(message, scan);
      if (message.flight) salvager.startsWithCommits();
    };
    try {
      for await (const items of readAround(chunks(), { ...this.#traits(bytes.settled), begin })) {
        // Else what was never sealed would be taken for what was.
        if (this.#cipher && !this.#session) throw corrupt('nothing opens without the header');
        for (const item of items) salvager.take(item);
      }
    } catch (error) {
      if (!this.#cipher || this.#session) throw error;
      throw cannotSalvage('the header is damaged, without which the cipher cannot start', failure);
    }
    if (!this.#storeId) await this.#create();
    return end;
  }

  #traits(settled: Position): Pick<ByteLog, 'settled' | 'crc32' | 'isOurs'> {
    const { crc32, isOurs } = this.#bytes;
    return { settled, ...(crc32 && { crc32 }), ...(isOurs !== undefined && { isOurs }) };
  }

  /** From here on appends can follow, in the chain that `seed` ends. */
  #continue(seed: number): void {
    const chain = startChain(this.#bytes.crc32);
    chain.seed = seed;
    this.#writer = new FrameWriter(chain, this.#session, this.#cipher?.overheadBytes);
  }

  /** Ends the log for the medium, too, where it ends for the caller. An append may come while a replace does this. */
  #dropTorn(): Promise<void> | undefined {
    const at = this.#tornAt;
    if (at === undefined) return undefined;
    this.#dropping ??= this.#truncate(at).finally(() => {
      this.#dropping = undefined;
    });
    return this.#dropping;
  }

  async #truncate(at: Position): Promise<void> {
    try {
      await this.#bytes.truncate(at);
    } catch (error) {
      this.#failed = !isConflict(error);
      throw error;
    }
    this.#tornAt = undefined;
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
      storeId: this.#storeId ?? new Uint8Array(STORE_ID_BYTES),
      cipherName: this.#cipher?.name ?? '',
      cipherHeader: this.#session?.header ?? new Uint8Array(0),
    });
  }
}

function isConflict(error: unknown): boolean {
  return error instanceof IsokvError && error.code === 'LOG_CONFLICT';
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

async function* once(items: readonly LogItem[]): AsyncGenerator<readonly LogItem[]> {
  yield items;
}

function isDamage(error: unknown): boolean {
  return error instanceof IsokvError && (error.code === 'CORRUPT' || error.code === 'NOT_ISOKV');
}
