/**
 * The contracts: what an adapter is. A store needs a `Log`; most media are a `ByteLog` (a place to append
 * bytes), of which `frameLog` makes a Log, or a `Document` (read all, write all), of which `documentLog` does.
 */
import type { Crc32 } from '../bytes/crc32.ts';
import type { Cipher } from '../cipher.ts';
import type { Damage } from '../errors.ts';
import type { Commit } from '../format/commit.ts';
import type { RunSummary } from '../format/run-end.ts';

/** What an acknowledged write survives: power loss, a crash of the process, nothing. */
export type Durability = 'strict' | 'relaxed' | 'none';

/**
 * A place in a log, between two items. It grows along the log and with time; only the log that gave it can
 * interpret it. `0` is the position of an empty log.
 */
export type Position = number;

/** What a medium can and cannot do. Declared by the adapter, frozen, and tested by the conformance suites. */
export interface LogCapabilities {
  /** What messages call the medium: `file`, `indexeddb`, `memory`. */
  readonly name: string;
  /** The levels it can promise, strongest first. */
  readonly durability: readonly Durability[];
  /** Whether other writers (tabs, workers) may append to the same log: then `watch` tells of it. */
  readonly shared: boolean;
  /** Whether what was written is there after the process has gone. */
  readonly persistent: boolean;
  /**
   * Of bytes: whether an append is there whole or not at all, whatever ends it. Then no end is torn, `settled` is always
   * the end, and there is no `truncate`. Default: false.
   */
  readonly atomic?: boolean;
  /** Whether `replace` can keep the old content aside. Default: false. */
  readonly setsAside?: boolean;
  /** Whether handles opened with `readOnly` may be used beside a writer, and find with `read(after)` what it has added. Default: false. */
  readonly readers?: boolean;
  /**
   * Whether a run is read as it stands, and the commits after it are replayed one by one: then a store compacts a
   * log that has only grown, too. Default: false.
   */
  readonly replays?: boolean;
  /** Whether there is `appendSync`. Default: false. */
  readonly syncAppend?: boolean;
  /**
   * Whether others may change it, whom no lock keeps away: people with an editor. A write then rejects with
   * EXTERNAL_CHANGE, until a `read(after)` has taken in what they wrote. Default: false.
   */
  readonly editable?: boolean;
}

/** What became of a log that was damaged. */
export interface Salvage {
  /** Where the damaged log is kept as it was: for a file, a path. Undefined when it was read only, and left where it is. */
  readonly keptAs: string | undefined;
  /** What could not be read, in order. */
  readonly damage: readonly Damage[];
  readonly saved: {
    /** Of the run. */
    readonly entries: number;
    /** Since the run. */
    readonly commits: number;
  };
  readonly lost: {
    /** The sequence numbers that are missing before the last commit that was saved: the first and the last of each gap. */
    readonly commits: readonly (readonly [first: number, last: number])[];
    /** Of the run; undefined when its end, which says how many there were, is lost itself. */
    readonly entries: number | undefined;
  };
}

export interface LogOpenOptions {
  /** No call that would change the medium follows, and the medium must not be created. */
  readonly readOnly: boolean;
  /** `create` opens or creates; the others reject with MISSING or EXISTS. */
  readonly mode: 'create' | 'mustExist' | 'mustNotExist';
  /** `salvage`: what is intact of a log that is damaged is read, and put in its place. Default: `strict`. */
  readonly recovery?: 'strict' | 'salvage' | undefined;
  readonly cipher?: Cipher | undefined;
  /** Epoch milliseconds, for a log that leaves out what has expired. Default: `Date.now`. */
  readonly now?: (() => number) | undefined;
  /** Told of failures that reject no call: of what a log does by itself. A store emits them as `error`. */
  readonly report?: ((error: unknown) => void) | undefined;
  /** Writes the store as it is to another, empty log: for a log that keeps backups. Given by a store. */
  readonly backup?: ((target: Log) => Promise<void>) | undefined;
}

export type LogItem =
  /** Forget what was read: what `after` named has been compacted away, and the whole log follows. */
  | { readonly type: 'start'; readonly position: Position }
  /** One block of the run (format/block.ts). Blocks come first, in order of namespace and key. */
  | { readonly type: 'block'; readonly bytes: Uint8Array; readonly position: Position }
  /** The end of the run: all its blocks have come. */
  | { readonly type: 'run'; readonly summary: RunSummary; readonly position: Position }
  | { readonly type: 'commit'; readonly commit: Commit; readonly position: Position }
  /** An unfinished last commit, never acknowledged, was dropped: `bytes` bytes at `position`. */
  | { readonly type: 'torn'; readonly bytes: number; readonly position: Position }
  /** Damage, which ends at `position`; it comes only in a check of a log that is open. */
  | { readonly type: 'damage'; readonly damage: Damage; readonly position: Position }
  /** The last item of a log that was damaged and opened with `recovery: 'salvage'`. */
  | { readonly type: 'salvaged'; readonly salvage: Salvage; readonly position: Position };

export interface AppendOptions {
  readonly durability: Durability;
  /** The end of the log as the caller knows it. Rejects with LOG_CONFLICT if it is another. */
  readonly after: Position;
  /** Given to a `ByteLog`: the last commit in the bytes, for `confirmed`. */
  readonly seq?: number;
}

export interface ReplaceOptions {
  /** Asked once the new content has ended: the end of the log as the caller knows it. LOG_CONFLICT if it is another. */
  readonly upTo: () => Position;
  /** Given to a `ByteLog`, and asked once the new content has ended: the last commit in it, for `confirmed`. */
  readonly seq?: () => number;
  /**
   * Keeps the old content aside, untouched, under a name that was free: called with that name when it is durable,
   * before the new content takes its place. Only where `capabilities.setsAside`.
   */
  readonly setAside?: ((name: string) => void) | undefined;
}

/**
 * Commits, kept in order. Calls come in this order: `open`, one whole `read`, then any; `close` last (after
 * which `open` may come again, as after an `open` that rejected). Others reject: before `open`, and after `close`. `append` is called again only when the one before has settled. It may be
 * called while `replace` takes its items, not after they have ended.
 */
export interface Log {
  readonly capabilities: LogCapabilities;
  /** @throws MISSING, EXISTS, IO */
  open(options: LogOpenOptions): Promise<void>;
  /**
   * The log's items, in batches. Without `after`: all of them, to open the log or, once it is open, to check
   * it: then damage comes as items, as far as the log can read on after it. With `after`, the end of the log as
   * the caller knows it: what others have added since.
   * @throws CORRUPT, NOT_ISOKV, UNKNOWN_VERSION, SEALED, IO
   */
  read(after?: Position): AsyncIterable<readonly LogItem[]>;
  /**
   * Adds commits, all or (on a crash) a prefix of them. Resolves to the end of the log when they are as durable as
   * asked. After a rejection other than LOG_CONFLICT only `replace` or `close` may follow.
   */
  append(commits: readonly Commit[], options: AppendOptions): Promise<Position>;
  /**
   * Puts new content in the place of the whole log, at once and durably: after a crash it is the old or the new.
   * In a shared log its positions are beyond all before. Rejects with the error of `items`, if they throw.
   */
  replace(items: AsyncIterable<readonly LogItem[]>, options: ReplaceOptions): Promise<Position>;
  /**
   * Of a shared log whose medium can lose answers: an `append` or `replace` that has rejected may have been done, and what
   * it wrote come with the next `read(after)`, though nothing in it says so. Asked after that: up to which commit, as
   * numbered when it was handed over, what was read has it. 0: none.
   */
  readonly confirmed?: number;
  /** Whether only that may follow, or `close`: after an append that failed, and a replace that may have happened. */
  readonly mustReplace?: boolean;
  /**
   * As `append`, done when it returns: for the end of a process, which waits for nothing. May come while an append
   * is under way, whose `after` it then names too; what that one was given is written as well when this returns,
   * and comes first. A `replace` that has taken its items, but not happened, rejects, and the log is what it was.
   * @throws as `append` rejects
   */
  appendSync?(commits: readonly Commit[], options: AppendOptions): Position;
  /** As `flush`, done when it returns. */
  flushSync?(): void;
  /** Calls back when another writer has appended, never for the log's own appends. @returns a function that ends it */
  watch?(onAppend: () => void): () => void;
  /**
   * Keeps all that is not durable yet, what is under way first, where the next opening finds it: the page may be about to go.
   * Acknowledges nothing, and takes the place of what was left before: should the page stay, they are appended.
   */
  leave?(commits: readonly Commit[]): void;
  /** Calls back when the process or page ends, once that waits for nothing any more. @returns a function that ends it */
  onExit?(listener: () => void): () => void;
  /** Makes durable what `append` has acknowledged with less: for a log that is not written with each of them. */
  flush?(): Promise<void>;
  close(): Promise<void>;
  /** Removes the log and all it holds, if it is there. It must be closed. */
  destroy(): Promise<void>;
}

export interface ByteChunk {
  /** Where `bytes` begin. The next chunk begins where they end. */
  readonly position: Position;
  readonly bytes: Uint8Array;
}

/**
 * A place to append bytes. Positions count bytes: a chunk of n bytes at p ends at p + n. The order of calls
 * is that of `Log`. Chunks given to `append` and `replace` are the caller's again when the promise settles
 * (or the next chunk is asked for): copy what you keep. Chunks that `read` gives are the reader's to keep.
 */
export interface ByteLog {
  readonly capabilities: LogCapabilities;
  /** The runtime's own CRC-32, where it has one faster than a table. */
  readonly crc32?: Crc32;
  /**
   * Up to where the bytes are known to have been durable once (a clean close): damage before it is never taken
   * for a torn tail. 0 where nothing is known. Valid once open.
   */
  readonly settled: Position;
  /**
   * Whether the medium itself shows that its bytes are an isokv log (a superblock, a database of our own). Else
   * bytes that do not begin with a header are taken for somebody else's, not for a torn first append.
   */
  readonly isOurs?: boolean;
  open(options: Omit<LogOpenOptions, 'cipher'>): Promise<void>;
  /**
   * What `open` has opened in the place of these bytes, which could not be had: used instead until the next `open`, but
   * for `watch` and `onExit`. It has `sync` if these have.
   */
  readonly instead?: ByteLog | undefined;
  /** Reads what the medium keeps beside the bytes (a superblock), and tells what of it is damaged. */
  check?(): Promise<readonly Damage[]>;
  /** All bytes, or those after `after`; all again, if that is no longer there. May go on after the end with zeros. */
  read(after?: Position): AsyncIterable<ByteChunk>;
  append(chunks: readonly Uint8Array[], options: AppendOptions): Promise<Position>;
  /** Makes `position` the end of the log, durably: drops a torn tail. All have it but those that are `atomic`. */
  truncate?(position: Position): Promise<void>;
  replace(chunks: AsyncIterable<Uint8Array>, options: ReplaceOptions): Promise<Position>;
  /** As those of `Log`. */
  readonly confirmed?: number;
  readonly mustReplace?: boolean;
  /** What can be had done at once, and `capabilities.syncAppend` tells of. `syncFrameLog` makes a Log of it. */
  readonly sync?: SyncByteLog;
  /**
   * As `Log.leave`: bytes that come at the position `after`, which the caller takes to be the end; what is under way is the
   * first of them. `next`: what follows the content of a `replace` that is under way, if that should have happened.
   */
  leave?(bytes: Uint8Array, after: Position, next: Uint8Array | undefined): void;
  watch?(onAppend: () => void): () => void;
  onExit?(listener: () => void): () => void;
  /** `end`: the end of the log, when it is known and nothing follows it that may not be there. */
  close(options?: { readonly end?: Position | undefined }): Promise<void>;
  destroy(): Promise<void>;
}

/** What a byte log does before it returns, so that a Log can `appendSync`. */
export interface SyncByteLog {
  /** As `append`, with the rules of `Log.appendSync` for one that is under way. */
  append(chunks: readonly Uint8Array[], options: AppendOptions): Position;
  /** As `truncate`; also while that is under way, to the same position. */
  truncate(position: Position): void;
  /**
   * Asked before `append`, of a `replace` that is under way and has called `upTo`: sees to it that it rejects.
   * @returns the end of the new content if it was too late for that, and the new content is the log
   */
  stopReplace(): Position | undefined;
}

/** A whole-state target: a JSON file, a Workers KV value, an item of localStorage. */
export interface Document {
  /** @returns undefined when it does not exist. `version` is the medium's own, for media that have one */
  read(): Promise<{ bytes: Uint8Array; version?: string } | undefined>;
  /**
   * Writes all of it, atomically. Rejects with LOG_CONFLICT when `ifVersion` is not the current version; null
   * says that it must not exist. A medium without versions cannot tell, and must not be shared.
   */
  write(bytes: Uint8Array, options: { ifVersion?: string | null | undefined }): Promise<{ version?: string }>;
  /** Removes it. */
  remove(): Promise<void>;
  /** Calls back when another writer has written. @returns a function that ends it */
  watch?(onWrite: () => void): () => void;
}
