/**
 * Makes a `Log` of a `ByteLog`: frames, checksums, sealing, torn tails. What it writes is
 *
 *     header | blocks of the run, end of the run | commits
 *
 * The run is there after a `replace` only; it is never torn, for a replace is atomic. A header that begins no
 * flight says that a run follows.
 */
import { concat } from '../bytes/concat.ts';
import { corrupt, IsokvError, isConflict } from '../errors.ts';
import type { Commit } from '../format/commit.ts';
import { FLIGHT, KIND, startChain } from '../format/frame.ts';
import { FrameWriter } from '../format/frame-writer.ts';
import { FrameScanner, type Message } from '../format/scanner.ts';
import { type Flight, framesOf, logOf, type NextLog } from './framing.ts';
import { Identity } from './identity.ts';
import type {
  AppendOptions,
  ByteChunk,
  ByteLog,
  Durability,
  Log,
  LogCapabilities,
  LogItem,
  LogOpenOptions,
  Position,
  ReplaceOptions,
  SyncByteLog,
} from './log.ts';
import { readAround } from './read-around.ts';
import { cannotKeep, cannotSalvage, isDamage, Salvager } from './salvage.ts';
import { Scan, tornBytes } from './scan.ts';

/** How often a salvage is tried while other writers come first. */
const SALVAGE_ATTEMPTS = 5;

/** A `Log` on a place to append bytes. */
export function frameLog(bytes: ByteLog): Log {
  return new FrameLog(bytes);
}

class FrameLog implements Log {
  readonly appendSync?: NonNullable<Log['appendSync']>;
  readonly leave?: NonNullable<Log['leave']>;
  readonly watch?: NonNullable<Log['watch']>;
  readonly onExit?: NonNullable<Log['onExit']>;
  readonly #bytes: ByteLog;
  #isOpen = false;
  #readOnly = false;
  #salvages = false;
  #identity: Identity = new Identity(undefined);
  /** Appends continue its chain. Undefined until the log was read. */
  #writer: FrameWriter | undefined;
  /** After a failed append it is not known what reached the medium: nothing may follow it. */
  #failed = false;
  #end: Position = 0;
  /** The end of what is valid, when a torn tail follows it. */
  #tornAt: Position | undefined;
  #dropping: Promise<void> | undefined;
  /** A reading of what others have added has not come to its end: the next one begins at the start. */
  #astray = false;
  #flight: Flight | undefined;
  #next: NextLog | undefined;
  /**
   * The last change: where its caller took the end to be, and where it is; the last commit in it. The caller may not have
   * heard of it yet.
   */
  #last: { readonly after: Position; readonly end: Position; readonly seq: number } | undefined;

  constructor(bytes: ByteLog) {
    this.#bytes = bytes;
    const { sync } = bytes;
    if (sync) this.appendSync = (commits, options) => this.#appendSync(sync, commits, options);
    if (bytes.leave) this.leave = (commits) => this.#leave(commits);
    if (bytes.onExit) this.onExit = bytes.onExit.bind(bytes);
    if (bytes.watch) this.watch = bytes.watch.bind(bytes);
  }

  get capabilities(): LogCapabilities {
    return this.#bytes.capabilities;
  }

  get mustReplace(): boolean {
    return this.#failed || this.#bytes.mustReplace === true;
  }

  async open({ readOnly, mode, recovery, cipher, report }: LogOpenOptions): Promise<void> {
    this.#readOnly = readOnly;
    this.#salvages = recovery === 'salvage';
    this.#identity = new Identity(cipher);
    this.#writer = undefined;
    this.#failed = false;
    this.#end = 0;
    this.#tornAt = undefined;
    this.#astray = false;
    this.#last = undefined;
    await this.#bytes.open({ readOnly, mode, recovery, report });
    this.#isOpen = true;
  }

  read(after?: Position): AsyncGenerator<readonly LogItem[]> {
    // What was salvaged by who only reads still stands as it was, and has no end to go on from.
    if (after !== undefined)
      return this.#readOnly && this.#failed ? this.#salvageAgain() : this.#readOn(after);
    if (this.#writer) return this.#check();
    return this.#salvages ? this.#salvage() : this.#readOn(undefined);
  }

  async append(commits: readonly Commit[], options: AppendOptions): Promise<Position> {
    const writer = this.#growing();
    const flight: Flight = { commits, seed: writer.chain.seed, frames: undefined, overtaken: false };
    this.#flight = flight;
    try {
      if (this.#tornAt !== undefined) await this.#dropTorn();
      if (flight.overtaken) this.#landed(flight, options);
      else await this.#fly(flight, writer, options);
    } finally {
      this.#flight = undefined;
    }
    return this.#end;
  }

  async replace(items: AsyncIterable<readonly LogItem[]>, options: ReplaceOptions): Promise<Position> {
    if (!this.#writer) throw new IsokvError('IO', 'this log must be read before it can be rewritten');
    // In a shared log it may be what another writer is writing.
    if (!this.#failed && !this.capabilities.shared) await this.#dropTorn();
    const header = this.#identity.header();
    const writer = this.#identity.writer(startChain(this.#bytes.crc32));
    const next: NextLog = { writer, seq: 0, overtaken: false };
    this.#next = next;
    let after = 0;
    const upTo = (): Position => {
      after = options.upTo();
      return after;
    };
    try {
      const end = await this.#bytes.replace(logOf(header, items, next), { ...options, upTo });
      if (!next.overtaken) this.#switchTo(next, end);
    } finally {
      this.#next = undefined;
    }
    this.#last = { after, end: this.#end, seq: next.seq };
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
    let from = this.#astray ? undefined : after;
    this.#astray = this.#readOnly; // Until all of this has been read.
    let scan = new Scan(new FrameScanner(crc32, from ?? 0, from && this.#writer?.chain.seed), !!from);
    if (from) scan.scanner.session = this.#identity.session;
    let started = false;
    let torn: number | undefined;
    while (torn === undefined) {
      let isFirst = true;
      for await (const chunk of this.#bytes.read(from)) {
        if (isFirst) {
          isFirst = false;
          const goesOn = from && chunk.position === from;
          if (!goesOn) {
            scan = new Scan(new FrameScanner(crc32, chunk.position), false);
            if (after || started) yield [{ type: 'start', position: chunk.position }];
          }
          started = true;
        }
        scan.scanner.feed(chunk.bytes);
        const items: LogItem[] = [];
        for (let message = scan.scanner.next(); message; message = scan.scanner.next()) {
          if (message.kind === KIND.header) await this.#identity.begin(message, scan);
          else items.push(scan.item(message));
        }
        if (items.length > 0) yield items;
      }
      const { position } = scan.scanner;
      try {
        torn = tornBytes(scan, this.#bytes, this.#bytes.settled);
      } catch (error) {
        // A writer may have been adding just this, and gone on while it was read: damage is where it was.
        if (!this.#readOnly || position === from) throw error;
        from = position;
        scan.readAgain(crc32);
      }
    }
    const { position, seed } = scan.scanner;
    if (torn > 0) yield [{ type: 'torn', position, bytes: torn }];
    // A header and no more: no item has told where the log ends.
    else if (scan.isEmpty) yield [{ type: 'start', position }];
    this.#astray = false;
    // Nothing there, or nothing more than was known.
    if (!this.#isOpen || (!started && after)) return;
    if (!scan.headed) await this.#identity.create();
    this.#end = scan.headed ? position : 0;
    this.#tornAt = torn > 0 ? position : undefined;
    this.#continue(seed);
  }

  /** Reads all of a log that is open, around what has been damaged since. */
  async *#check(): AsyncGenerator<readonly LogItem[]> {
    const damage = (await this.#bytes.check?.()) ?? [];
    yield damage.map((one) => ({ type: 'damage', damage: one, position: one.offset + one.bytes }));
    // All that was taken in or appended is known to have been there.
    const settled = Math.max(this.#bytes.settled, this.#end);
    yield* readAround(this.#bytes.read(), {
      bytes: this.#bytes,
      settled,
      begin: (message, scan) => this.#identity.begin(message, scan),
    });
  }

  /** Opens a log that may be damaged. What is intact of one that is takes its place, and it is kept aside. */
  async *#salvage(attempts = SALVAGE_ATTEMPTS): AsyncGenerator<readonly LogItem[]> {
    const damage = (await this.#bytes.check?.()) ?? [];
    let failure = damage[0] && corrupt(damage[0].message, damage[0].offset);
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
    async function* content(): AsyncGenerator<readonly LogItem[]> {
      yield items;
    }
    this.#continue(0);
    this.#failed = true;
    let position = end;
    let keptAs: string | undefined;
    if (!this.#readOnly) {
      if (!this.capabilities.setsAside) throw cannotKeep(this.capabilities.name, failure);
      const setAside = (name: string): void => {
        keptAs = name;
      };
      try {
        position = await this.replace(content(), { upTo: () => end, setAside });
      } catch (error) {
        // Another writer came first, perhaps with the same.
        if (!isConflict(error) || attempts === 1) throw error;
        return yield* this.#salvage(attempts - 1);
      }
    }
    yield [...items, { type: 'salvaged', salvage: salvager.report(keptAs), position }];
  }

  async *#salvageAgain(): AsyncGenerator<readonly LogItem[]> {
    yield [{ type: 'start', position: 0 }];
    yield* this.#salvage();
  }

  /** Gives the salvager all that is intact. @returns where the bytes end */
  async #gather(salvager: Salvager, failure: IsokvError): Promise<Position> {
    const bytes = this.#bytes;
    let end: Position = 0;
    async function* chunks(): AsyncGenerator<ByteChunk> {
      for await (const chunk of bytes.read()) {
        end = chunk.position + chunk.bytes.length;
        yield chunk;
      }
    }
    const identity = new Identity(this.#identity.cipher);
    this.#identity = identity;
    const begin = async (message: Message, scan: Scan): Promise<void> => {
      await this.#identity.begin(message, scan);
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
      throw cannotSalvage('the header is damaged, without which the cipher cannot start', failure);
    }
    if (!identity.isKnown) await identity.create();
    return end;
  }

  /** From here on appends can follow, in the chain that `seed` ends. */
  #continue(seed: number): void {
    const chain = startChain(this.#bytes.crc32);
    chain.seed = seed;
    this.#writer = this.#identity.writer(chain);
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

  async #fly(flight: Flight, writer: FrameWriter, options: AppendOptions): Promise<void> {
    try {
      const header = this.#end === 0 ? this.#identity.header() : undefined;
      this.#failed = true; // In case the engine ends the script in the middle of this.
      flight.frames = framesOf(flight.commits, writer, header, FLIGHT);
      const appended = this.#bytes.append([flight.frames], options);
      this.#failed = false;
      const end = await appended;
      if (!flight.overtaken) this.#end = end;
      this.#landed(flight, options);
    } catch (error) {
      this.#flight = undefined; // Nothing can be left after it: its chain goes back.
      writer.chain.seed = flight.seed;
      this.#failed = !isConflict(error);
      throw error;
    }
  }

  /** All at once, for anything may be asked for before the caller of the append has heard. */
  #landed({ commits }: Flight, { after }: AppendOptions): void {
    this.#flight = undefined;
    this.#last = { after, end: this.#end, seq: commits.at(-1)?.seq ?? 0 };
  }

  #appendSync(sync: SyncByteLog, commits: readonly Commit[], { durability, after }: AppendOptions): Position {
    this.#growing();
    const replacedTo = sync.stopReplace();
    if (replacedTo !== undefined && this.#next)
      return this.#appendToNext(sync, this.#next, replacedTo, commits, durability);
    const writer = this.#growing();
    // One that was overtaken before is written.
    const flight = this.#flight?.overtaken ? undefined : this.#flight;
    const heard = after !== this.#last?.after || this.#end !== this.#last.end;
    const { seed } = writer.chain;
    this.#failed = true; // In case the engine ends the script in the middle of this.
    try {
      if (this.#tornAt !== undefined) sync.truncate(this.#tornAt);
      this.#tornAt = undefined;
      const missing = flight && !flight.frames ? flight.commits : [];
      const header = this.#end === 0 && !flight?.frames ? this.#identity.header() : undefined;
      // What is under way has not been acknowledged, and this is not to say that it had been.
      const flags = flight?.frames ? 0 : FLIGHT;
      const frames = framesOf([...missing, ...commits], this.#another(writer), header, flags);
      this.#end = sync.append([frames], { durability, after: heard ? after : this.#end });
      if (flight) flight.overtaken = true;
      this.#failed = false;
    } catch (error) {
      writer.chain.seed = seed;
      this.#failed = !isConflict(error);
      throw error;
    }
    return this.#end;
  }

  /** The new content has become the log, and whoever asked for that has not heard of it yet. */
  #appendToNext(
    sync: SyncByteLog,
    next: NextLog,
    end: Position,
    commits: readonly Commit[],
    durability: Durability,
  ): Position {
    if (!next.overtaken) this.#switchTo(next, end);
    next.overtaken = true;
    const missing = commits.filter(({ seq }) => seq > next.seq);
    this.#failed = true;
    const frames = framesOf(missing, this.#another(next.writer), undefined, FLIGHT);
    this.#end = sync.append([frames], { durability, after: this.#end });
    this.#failed = false;
    return this.#end;
  }

  #leave(commits: readonly Commit[]): void {
    const writer = this.#writer;
    const flight = this.#flight;
    // Nothing can follow where an append has failed, or a tear is.
    if (!writer || (this.#failed && !flight) || this.#tornAt !== undefined) return;
    const next = this.#next;
    const after = (seq = 0): Commit[] => commits.filter((commit) => commit.seq > seq);
    const missing = after(flight?.frames ? flight.commits.at(-1)?.seq : this.#last?.seq);
    // Should the engine have ended the script in the middle of an append, its frames are made again.
    const frames = flight?.frames
      ? concat([flight.frames, this.#framesAfter(writer, missing)])
      : this.#framesAfter(writer, missing, flight?.seed, true);
    const afterNext = next && this.#framesAfter(next.writer, after(next.seq));
    this.#bytes.leave?.(frames, this.#end, afterNext);
  }

  /** What would follow what a writer has written, which goes on as if it had not been asked. */
  #framesAfter(
    { chain, session }: FrameWriter,
    commits: readonly Commit[],
    seed: number = chain.seed,
    isFlight = false,
  ): Uint8Array {
    const header = isFlight && this.#end === 0 ? this.#identity.header() : undefined;
    const writer = this.#another({ chain: { ...chain, seed }, session });
    return framesOf(commits, writer, header, isFlight ? FLIGHT : 0);
  }

  #switchTo(next: NextLog, end: Position): void {
    this.#end = end;
    if (this.#isOpen) this.#writer = next.writer;
    this.#failed = false;
    this.#tornAt = undefined;
  }

  /** @throws IO when the log cannot grow */
  #growing(): FrameWriter {
    if (this.#writer && !this.#failed) return this.#writer;
    throw new IsokvError(
      'IO',
      'this log must be read, or rewritten after a failed append, before it can grow',
    );
  }

  /** One that continues the same chain: the bytes that the first has given may be being written. */
  #another({ chain, session }: Pick<FrameWriter, 'chain' | 'session'>): FrameWriter {
    return new FrameWriter(chain, session, this.#identity.cipher?.overheadBytes);
  }
}
