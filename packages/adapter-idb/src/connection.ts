/** A connection to a database that is made again when the browser drops it. */
import { type Durability, IsokvError, logConflict } from '@isokv/core';
import type { Environment } from './environment.ts';
import { blocked, checkMode, foreign, isFinal, mediumError, nameOf, unsupported } from './errors.ts';
import { STORE } from './records.ts';
import { within } from './within.ts';

/** Of the schema. It is fixed: nothing a store does needs another. */
const VERSION = 1;

/** Chromium tells whether there was a database that could not be read. */
type ChangeEvent = IDBVersionChangeEvent & { readonly dataLoss?: 'none' | 'total' };

export interface ConnectionOptions {
  readonly name: string;
  readonly environment: Environment;
  /** How long the browser may take to open or to remove the database, in milliseconds. */
  readonly timeoutMs: number;
  /**
   * Puts into a database that is made anew what is to be there from the beginning. `lost`: the browser says that it has
   * thrown away a database of that name, for it was corrupt.
   */
  readonly onCreate: (store: IDBObjectStore, lost: boolean) => void;
  /** The browser has dropped the connection. */
  readonly onLost?: () => void;
}

export class Connection {
  readonly options: ConnectionOptions;
  #db: IDBDatabase | undefined;
  #opening: Promise<IDBDatabase> | undefined;
  /** Why it cannot be had any more: another tab needed it closed, or it was closed here. */
  #ended: IsokvError | undefined;

  constructor(options: ConnectionOptions) {
    this.options = options;
  }

  /** Opens the database; makes it if it `mayCreate`. @throws MISSING, UNSUPPORTED, TIMEOUT, NOT_ISOKV, IO */
  async open(mayCreate: boolean): Promise<void> {
    this.#ended = undefined;
    await this.#connect(mayCreate);
  }

  close(): void {
    this.#ended = new IsokvError('IO', 'this log is not open');
    this.#db?.close();
    this.#db = undefined;
  }

  /**
   * Runs `work` in a transaction, begun before this returns if the connection stands, and resolves to what `work`'s
   * function then gives. A transaction that could not begin is begun again on a new connection.
   * @throws what aborted it
   */
  async transact<R>(
    mode: IDBTransactionMode,
    durability: Durability,
    work: (store: IDBObjectStore) => () => R,
  ): Promise<R> {
    if (this.#ended) throw this.#ended;
    let transaction: IDBTransaction;
    try {
      transaction = begin(this.#db ?? (await this.#connect(true)), mode, durability);
    } catch (error) {
      // The browser has closed it, and has not told.
      if (nameOf(error) !== 'InvalidStateError') throw error;
      this.#drop();
      transaction = begin(await this.#connect(true), mode, durability);
    }
    const ended = completion(transaction);
    try {
      const result = work(transaction.objectStore(STORE));
      await ended;
      return result();
    } catch (error) {
      ended.catch(() => undefined); // It is this error that counts.
      abort(transaction);
      // In the next transaction on this connection Firefox lets nothing be put: it is there to remove something.
      if (nameOf(error) === 'QuotaExceededError') this.#drop();
      throw error;
    }
  }

  /**
   * As `transact`, for work of which nothing is lost when it is done twice: it is begun again when the connection was
   * lost in the middle of it. @throws errors of ours
   */
  async retry<R>(
    mode: IDBTransactionMode,
    durability: Durability,
    work: (store: IDBObjectStore) => () => R,
  ): Promise<R> {
    try {
      return await this.transact(mode, durability, work).catch((error: unknown) => {
        if (isFinal(error)) throw error;
        return this.transact(mode, durability, work);
      });
    } catch (error) {
      throw await this.asOurs(error);
    }
  }

  /** An error of a transaction as one of ours. */
  async asOurs(error: unknown): Promise<IsokvError> {
    if (nameOf(error) === 'ConstraintError') return logConflict(); // Somebody else has added at this position.
    return mediumError(error, this.options.name, this.options.environment);
  }

  /** Removes the database. @throws BLOCKED, when a tab that has it open does not answer; UNSUPPORTED, IO */
  async remove(): Promise<void> {
    const { name, environment, timeoutMs } = this.options;
    if (!environment.indexedDB) throw unsupported();
    const request = environment.indexedDB.deleteDatabase(name);
    await within(timeoutMs, settled(request), () => {
      throw blocked(`keeps the database ${name} open: close it`);
    });
  }

  /** Forgets a connection that does not work, so that the next use makes another. */
  #drop(): void {
    this.#db?.close();
    this.#db = undefined;
  }

  #connect(mayCreate: boolean): Promise<IDBDatabase> {
    this.#opening ??= this.#connectAgain(mayCreate).finally(() => {
      this.#opening = undefined;
    });
    return this.#opening;
  }

  async #connectAgain(mayCreate: boolean): Promise<IDBDatabase> {
    let db: IDBDatabase;
    try {
      db = await this.#request(mayCreate);
    } catch (error) {
      // WebKit has been seen to let the first request hang for good.
      if (!(error instanceof IsokvError) || error.code !== 'TIMEOUT') throw error;
      db = await this.#request(mayCreate);
    }
    if (this.#ended) {
      db.close();
      throw this.#ended;
    }
    this.#db = db;
    db.onclose = () => {
      if (this.#db !== db) return;
      this.#db = undefined;
      this.options.onLost?.();
    };
    db.onversionchange = () => {
      this.#ended = blocked(`is removing or upgrading the database ${this.options.name}: reload this page`);
      db.close();
    };
    return db;
  }

  async #request(mayCreate: boolean): Promise<IDBDatabase> {
    const { name, environment, timeoutMs, onCreate } = this.options;
    if (!environment.indexedDB) throw unsupported();
    let request: IDBOpenDBRequest;
    try {
      request = environment.indexedDB.open(name, VERSION);
    } catch (cause) {
      throw unsupported(cause); // Where there is no origin, or site data is blocked.
    }
    let isMissing = false;
    request.onupgradeneeded = ({ dataLoss }: ChangeEvent) => {
      isMissing = !mayCreate;
      if (isMissing) request.transaction?.abort();
      else onCreate(request.result.createObjectStore(STORE), dataLoss === 'total');
    };
    let late = false;
    const opened = settled(request).catch((cause: unknown) => {
      if (isMissing) checkMode('mustExist', false, `the database ${name}`);
      throw openError(name, cause);
    });
    opened.then(
      (db) => late && db.close(),
      () => undefined, // Told below.
    );
    const db = await within(timeoutMs, opened, () => {
      late = true;
      throw new IsokvError(
        'TIMEOUT',
        `the browser did not open the database ${name} in ${timeoutMs} ms: reload the page`,
      );
    });
    if (db.objectStoreNames.contains(STORE)) return db;
    db.close();
    throw foreign(name);
  }
}

function openError(name: string, cause: unknown): IsokvError {
  switch (nameOf(cause)) {
    case 'VersionError':
      return foreign(name, cause);
    // How private modes of older browsers say no.
    case 'InvalidStateError':
    case 'SecurityError':
      return unsupported(cause);
    default:
      return new IsokvError('IO', `the browser could not open the database ${name}`, { cause });
  }
}

function begin(db: IDBDatabase, mode: IDBTransactionMode, durability: Durability): IDBTransaction {
  return db.transaction(STORE, mode, { durability: durability === 'strict' ? 'strict' : 'relaxed' });
}

function abort(transaction: IDBTransaction): void {
  try {
    transaction.abort();
  } catch {
    // It has ended already.
  }
}

function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

function completion(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    let failure: DOMException | null = null;
    // Of a transaction that was told to commit Firefox says no more than that it was aborted, or even completes it.
    transaction.onerror = ({ target }) => {
      const { error } = target as IDBRequest;
      if (nameOf(error) !== 'AbortError') failure ??= error;
    };
    transaction.oncomplete = () => (failure ? reject(failure) : resolve());
    transaction.onabort = () => reject(failure ?? transaction.error);
  });
}
