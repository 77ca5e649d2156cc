import { compareKeys } from '../bytes/order.ts';
import type { Cipher } from '../cipher.ts';
import type { KeyCodec } from '../codec/keys/key-codec.ts';
import { IsokvError } from '../errors.ts';
import type { Log, Salvage } from '../log/log.ts';
import { checkChoice, checkFunction, checkMethods, checkNames, isThenable } from './check-arguments.ts';
import { checkName } from './check-key.ts';
import { Core } from './core.ts';
import { exportData, importData } from './data-transfer.ts';
import type { StoreEvents } from './events.ts';
import { Namespace } from './namespace.ts';
import type { MemoryOptions, StoreOptions } from './options.ts';
import { Persistence, unsupported } from './persistence.ts';
import type { TornTail } from './recovery.ts';
import { TransactionState, transact } from './transaction.ts';
import type { NamespaceOptions, OpenTransaction, Transaction } from './types.ts';
import type { Verification } from './verify.ts';

/** The figures of a store at one moment. */
export interface StoreStats {
  /** Entries in all namespaces. */
  readonly entries: number;
  readonly namespaces: number;
  /** The sequence number of the last commit. */
  readonly seq: number;
  /** Commits that are not durable yet. */
  readonly pendingCommits: number;
  /** About how many bytes the live entries take. */
  readonly liveBytes: number;
  /** Bytes of the run and of the commits since. */
  readonly logBytes: number;
  /** About how many of them a compaction would free. */
  readonly garbageBytes: number;
  readonly health: 'ok' | 'degraded';
  readonly medium: string;
  readonly durability: 'strict' | 'relaxed' | 'none';
  /** The unfinished commit that was dropped from the end of the log at open. With `readOnly` it may be one in the making. */
  readonly torn: TornTail | undefined;
  /** What became of the log at open, when it was damaged and `recovery` is `salvage`. */
  readonly salvaged: Salvage | undefined;
  /** Epoch milliseconds. */
  readonly lastCompactionAt: number | undefined;
}

export type DataFormat = 'binary' | 'json' | 'jsonl';

/** A key-value store: its default namespace, and what concerns all of them. */
export class Store<Entries = Record<string, unknown>> extends Namespace<Entries> {
  readonly #core: Core;
  readonly #namespaces: Map<string, NamespaceOptions>;
  #persistence: Persistence | undefined;

  /**
   * A store in memory only; `Store.open` opens one that lasts. @throws INVALID_OPTION
   * @example const cache = new Store({ maxEntries: 1000, eviction: 'lru' });
   */
  constructor(options: MemoryOptions = {}) {
    const core = new Core(options);
    super(core.space(''), {});
    this.#core = core;
    this.#namespaces = new Map();
  }

  /**
   * Opens the store that a log holds; creates it when there is none.
   * @throws MISSING, EXISTS, INVALID_OPTION, UNSUPPORTED, IO; CORRUPT with the offset, NOT_ISOKV, UNKNOWN_VERSION, SEALED:
   * then the medium is as it was
   * @example const store = await Store.open<{ theme: 'dark' | 'light' }>(fileLog('settings.isokv'));
   */
  static async open<Entries = Record<string, unknown>>(
    log: Log,
    options: StoreOptions = {},
  ): Promise<Store<Entries>> {
    checkLog(log);
    const store = new Store<Entries>(options);
    const persistence = new Persistence(store.#core, log);
    await persistence.open();
    store.#persistence = persistence;
    return store;
  }

  /**
   * A store in memory with the content of `toData()`, in any of its formats. Bytes are read in place from then on: they
   * must not be changed. @throws as `load`
   */
  static fromData<Entries = Record<string, unknown>>(
    data: Uint8Array | string,
    options: MemoryOptions & { readonly cipher?: Cipher } = {},
  ): Store<Entries> {
    const store = new Store<Entries>(options);
    importData(store.#core, data, 'install');
    return store;
  }

  /**
   * The namespace of this name: keys of its own, in the same store. It exists as soon as it has entries. Options hold for
   * every later use of the name.
   * @example const users = store.namespace<User>('users');
   */
  namespace<V = unknown>(name: string, options?: NamespaceOptions<V>): Namespace<Record<string, V>, string>;
  namespace<V, K>(
    name: string,
    options: NamespaceOptions<V, K> & { readonly keys: KeyCodec<K> },
  ): Namespace<Record<string, V>, K>;
  namespace(name: string, options?: NamespaceOptions): Namespace {
    return this.#namespaceIn(this.#core, name, options);
  }

  /** The names of the namespaces that have entries, in order; the default one is ''. */
  namespaces(): string[] {
    this.#core.access.checkReadable();
    this.#core.expireDue();
    const names = [];
    for (const { name, table } of this.#core.spaces.values()) if (table.size > 0) names.push(name);
    return names.sort(compareKeys);
  }

  /**
   * Calls `listener` for every event of this name; `watch` is for single keys and ranges.
   * @returns a function that ends it
   * @example store.on('error', (error) => report(error)); // also of writes that nobody awaited
   */
  on<Name extends keyof StoreEvents>(name: Name, listener: StoreEvents[Name]): () => void {
    return this.#core.events.on(name, listener);
  }

  /**
   * Runs `work`, which reads and writes through `tx` only; its writes become part of one commit. If it throws,
   * nothing has changed, and the error is thrown on. It may be run again if another writer's commit comes first.
   * @returns a promise of its result, resolved when the writes are durable
   * @throws INVALID_OPTION when it is no function; ASYNC_TRANSACTION when it returns a promise; NESTED_TRANSACTION when it uses the store itself
   * @example
   * await store.transaction((tx) => {
   *   tx.decrement('ada', 5);
   *   tx.increment('bob', 5);
   * });
   */
  transaction<R>(work: (tx: Transaction<Entries>) => R): Promise<R> {
    checkFunction('the callback', work);
    const core = this.#core;
    return transact(core, (state) => {
      const result = core.access.closedToOthers(() => work(this.#view(state)));
      if (isThenable(result)) {
        result.then(undefined, () => undefined); // What becomes of it no longer matters: this error says so.
        throw new IsokvError(
          'ASYNC_TRANSACTION',
          'a transaction must not wait: use begin() and commit() instead',
        );
      }
      return result;
    });
  }

  /**
   * Begins a transaction that may take its time. Others do not see its writes until `commit()`, which rejects with CONFLICT
   * if something that it read or wrote has changed since.
   * @example
   * const tx = store.begin();
   * tx.set('weather', await weatherOf(tx.require('city')));
   * await tx.commit();
   */
  begin(): OpenTransaction<Entries> {
    const core = this.#core;
    core.access.checkWritable();
    const state = new TransactionState(core, true);
    const commit = async (): Promise<void> => {
      state.checkActive();
      state.end();
      try {
        await core.turn.atomically(() => {
          state.checkConflict();
          core.turn.whole(() => state.apply());
        });
      } finally {
        state.settle();
      }
    };
    const abort = (): void => {
      state.end();
      state.settle();
    };
    return Object.assign(this.#view(state), { commit, abort }) as OpenTransaction<Entries>;
  }

  /** Resolves when all that was written before is durable. Tries to heal a store whose log has failed. */
  async flush(): Promise<void> {
    await this.#persistence?.flush();
  }

  /**
   * As `flush`, done when it returns: for the end of a process. A store in a file calls it by itself when the process
   * ends. @throws UNSUPPORTED where the log cannot, NESTED_TRANSACTION in the middle of a write, IO
   */
  flushSync(): void {
    if (this.#core.access.isMidWrite) this.#core.access.checkWritable();
    this.#persistence?.flushSync();
  }

  /**
   * Takes in what another process has written since: for a store opened with `readOnly` beside its writer. Watchers
   * are told. Rejects with MISSING when the log is no longer there, CORRUPT, IO; then the store is what it was.
   */
  async refresh(): Promise<void> {
    await this.#durable('refresh').refresh();
  }

  /** Flushes, and ends all use of the store. Rejects when something could not be made durable. */
  async close(): Promise<void> {
    if (this.#persistence) return this.#persistence.close();
    this.#core.closeReads();
  }

  /** Closes the store and removes its log, and so all that is in it. */
  destroy(): Promise<void> {
    return this.#durable('destroy').destroy();
  }

  /** Rewrites the log without garbage, in slices of a few milliseconds, while reads and writes go on. */
  compact(): Promise<void> {
    return this.#durable('compact').compact();
  }

  /**
   * Writes the store as it is now to another, empty log, while reads and writes go on. @throws EXISTS
   * @example await store.backup(fileLog('backup.isokv'));
   */
  backup(target: Log): Promise<void> {
    checkLog(target);
    return this.#durable('backup').backup(target);
  }

  /**
   * Reads all of the log from its medium and decodes it. Writes made meanwhile wait.
   * @throws CORRUPT with every place that is damaged, in `damage`, and the offset of the first; UNKNOWN_CODEC, IO
   */
  verify(): Promise<Verification> {
    return this.#durable('verify').verify();
  }

  /** Figures of the store at this moment. */
  stats(): StoreStats {
    const core = this.#core;
    const namespaces = this.namespaces().length;
    const { liveBytes, logBytes } = core;
    const { queue, log, torn, salvaged, lastCompactionAt } =
      this.#persistence ?? ({} as Partial<Persistence>);
    let entries = 0;
    for (const { table } of core.spaces.values()) entries += table.size;
    return {
      entries,
      namespaces,
      seq: core.seq,
      pendingCommits: queue?.size ?? 0,
      liveBytes,
      logBytes,
      garbageBytes: Math.max(0, logBytes - liveBytes),
      health: queue?.failure === undefined ? 'ok' : 'degraded',
      medium: log?.capabilities.name ?? 'memory',
      durability: queue?.durability ?? 'none',
      torn,
      salvaged,
      lastCompactionAt,
    };
  }

  /** Removes what has expired now, not when the sweeper comes. @returns how many entries went */
  sweep(): number {
    this.#core.access.checkReadable();
    return this.#core.expireDue();
  }

  /**
   * All entries. Equal content gives equal data, whatever its history. `binary`, the default, gives bytes.
   * @example const text = store.toData({ format: 'json' });
   */
  toData(options?: { readonly format?: 'binary' }): Uint8Array<ArrayBuffer>;
  toData(options: { readonly format: 'json' | 'jsonl' }): string;
  toData(options: { readonly format?: DataFormat } = {}): Uint8Array | string {
    this.#core.access.checkReadable();
    checkNames(options, ['format']);
    const { format = 'binary' } = options;
    checkChoice('format', format, ['binary', 'json', 'jsonl']);
    return exportData(this.#core, format);
  }

  /**
   * Brings data in as one commit: beside what is there (`merge`, the default), or in its place (`replace`). Bytes must
   * not be changed after that.
   * @throws NOT_ISOKV, CORRUPT, UNKNOWN_VERSION, SEALED, INVALID_DATA, before anything has changed
   */
  load(data: Uint8Array | string, options: { readonly mode?: 'merge' | 'replace' } = {}): Promise<void> {
    checkNames(options, ['mode']);
    const { mode = 'merge' } = options;
    checkChoice('mode', mode, ['merge', 'replace']);
    return importData(this.#core, data, mode);
  }

  /** As `close`, for `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #view(state: TransactionState): Transaction<Entries> {
    const view = new Namespace(state.space(''), {});
    const namespace = (name: string, options?: NamespaceOptions): Namespace =>
      this.#namespaceIn(state, name, options);
    return Object.assign(view, { namespace }) as unknown as Transaction<Entries>;
  }

  /** The namespace as it is, or as a transaction sees it. */
  #namespaceIn(view: Core | TransactionState, name: string, options?: NamespaceOptions): Namespace {
    const space = view.space(checkName(name));
    if (options !== undefined) {
      checkNamespaceOptions(options);
      if (options.codec !== undefined) this.#core.slots.codecs = this.#core.slots.codecs.with(options.codec);
      this.#namespaces.set(name, options);
    }
    return new Namespace(space, (this.#namespaces.get(name) ?? {}) as NamespaceOptions<never, never>);
  }

  #durable(what: string): Persistence {
    this.#core.access.checkReadable();
    if (!this.#persistence) throw unsupported(what);
    return this.#persistence;
  }
}

function checkLog(log: Log): void {
  checkMethods('a log, as of fileLog,', log, ['open', 'read', 'append', 'replace', 'close', 'destroy']);
}

function checkNamespaceOptions(options: NamespaceOptions): void {
  checkNames(options, ['codec', 'keys', 'schema']);
  const { keys, schema } = options;
  if (keys !== undefined) checkMethods('a key codec', keys, ['encode', 'decode']);
  if (schema !== undefined) checkMethods('a Standard Schema', schema?.['~standard'], ['validate']);
}
