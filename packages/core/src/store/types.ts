import type { Codec } from '../codec/codec.ts';
import type { KeyCodec } from '../codec/keys/key-codec.ts';
import type { Range } from '../table/bounds.ts';
import type { StandardSchema } from './schema.ts';

/** A value, or a promise of one. */
export type Awaitable<R> = R | Promise<R>;

/** The type of the value that `Entries` gives to a key; of any value, where keys are not those of `Entries`. Works for a generic key, too. */
export type ValueAt<Entries, K> = Entries[[K] extends [keyof Entries] ? K : keyof Entries];

/** When an entry expires; at most one of them. Without any, it never does. */
export interface SetOptions {
  /** Milliseconds from now, above 0: `60_000` is a minute. */
  readonly ttl?: number | undefined;
  /** Epoch milliseconds, such as `Date.now() + 60_000`; a time that has passed deletes the entry. Seconds are refused. */
  readonly expiresAt?: number | undefined;
  /** As the entry that is there, if there is one. */
  readonly keepTtl?: boolean | undefined;
}

/** How a namespace keeps its keys and values. */
export interface NamespaceOptions<V = unknown, K = string> {
  /** Encodes every value of the namespace. */
  readonly codec?: Codec<V>;
  /** For keys that are not strings. */
  readonly keys?: KeyCodec<K>;
  /** Writes whose value does not validate throw SCHEMA; the value the schema gives back is what is stored. */
  readonly schema?: StandardSchema<unknown, V>;
}

/** The reads of a namespace. */
export interface Reads<Entries, K> {
  /** How many entries there are. */
  readonly size: number;
  /** The value, frozen; `undefined` where there is none. */
  get<Q extends K>(key: Q): ValueAt<Entries, Q> | undefined;
  /** The value. @throws NOT_FOUND where there is none */
  require<Q extends K>(key: Q): ValueAt<Entries, Q>;
  /** The values of `keys`, in their order, `undefined` for those that are not there. */
  getMany<Q extends K>(keys: Iterable<Q>): (ValueAt<Entries, Q> | undefined)[];
  /** Whether there is an entry. */
  has(key: K): boolean;
  /** Epoch milliseconds; `undefined` when the entry never expires, or is not there. */
  expiresAt(key: K): number | undefined;
  /** Milliseconds until the entry expires; `undefined` when it never does, or is not there. */
  ttl(key: K): number | undefined;
  /** The keys, in order. @throws INVALID_RANGE */
  keys(range?: Range<K>): Generator<K>;
  /** The values, in the order of their keys. @throws INVALID_RANGE */
  values(range?: Range<K>): Generator<ValueAt<Entries, K>>;
  /** Pairs of a key and its value, in key order. @throws INVALID_RANGE */
  entries(range?: Range<K>): Generator<[K, ValueAt<Entries, K>]>;
}

/** A namespace inside a transaction: writes take effect with the commit, and results are there at once. */
export interface TransactionNamespace<Entries, K = keyof Entries & string> extends Reads<Entries, K> {
  /** Sets the value; without options it never expires. @throws INVALID_VALUE, INVALID_TTL, SCHEMA */
  set<Q extends K>(key: Q, value: ValueAt<Entries, Q>, options?: SetOptions): void;
  /** Sets all of them, or throws and sets none. @throws as `set` */
  setMany<Q extends K>(entries: Iterable<readonly [Q, ValueAt<Entries, Q>]>, options?: SetOptions): void;
  /** Deletes the entry, if there is one. */
  delete(key: K): void;
  /** Deletes every entry of the range. @throws INVALID_RANGE */
  deleteRange(range: Range<K>): void;
  /** Deletes every entry of this namespace, and of no other. */
  clear(): void;
  /** Sets what `change` makes of the current value; a TTL stays. @returns the new value */
  update<Q extends K>(
    key: Q,
    change: (value: ValueAt<Entries, Q> | undefined) => ValueAt<Entries, Q>,
  ): ValueAt<Entries, Q>;
  /** The value, which `make` makes if there is none. */
  getOrSet<Q extends K>(key: Q, make: () => ValueAt<Entries, Q>, options?: SetOptions): ValueAt<Entries, Q>;
  /** Adds to a number; an entry that is not there counts as 0. @returns the new number @throws NOT_A_NUMBER */
  increment(key: K, by?: number): number;
  /** As `increment`, downwards. */
  decrement(key: K, by?: number): number;
  /** Sets `next` if the value is `expected` (`undefined`: no entry). @returns whether it did */
  compareAndSwap<Q extends K>(
    key: Q,
    expected: ValueAt<Entries, Q> | undefined,
    next: ValueAt<Entries, Q>,
  ): boolean;
  /** Lets an entry expire in `ttl` milliseconds. @returns whether there is one @throws INVALID_TTL */
  expire(key: K, ttl: number): boolean;
  /** Lets an entry stay for good. @returns whether it was going to expire */
  persist(key: K): boolean;
}

/** What the callback of `transaction` is given. */
export interface Transaction<Entries> extends TransactionNamespace<Entries> {
  /** Another namespace of the store, as this transaction sees it. */
  namespace<V = unknown>(
    name: string,
    options?: NamespaceOptions<V>,
  ): TransactionNamespace<Record<string, V>>;
  namespace<V, K>(
    name: string,
    options: NamespaceOptions<V, K> & { readonly keys: KeyCodec<K> },
  ): TransactionNamespace<Record<string, V>, K>;
}

/** A transaction that ends when it is told to. */
export interface OpenTransaction<Entries> extends Transaction<Entries> {
  /**
   * Makes its writes.
   * @throws CONFLICT when something it read or wrote has changed since, or may have: another writer has rewritten the
   * log; TRANSACTION_ENDED
   */
  commit(): Promise<void>;
  /** Forgets its writes. Does nothing when it has ended. */
  abort(): void;
}

/** The operations of a namespace where reads, too, may have to wait: code written against it accepts a `Store`. */
export interface AsyncNamespace<Entries, K = keyof Entries & string> {
  get<Q extends K>(key: Q): Awaitable<ValueAt<Entries, Q> | undefined>;
  require<Q extends K>(key: Q): Awaitable<ValueAt<Entries, Q>>;
  getMany<Q extends K>(keys: Iterable<Q>): Awaitable<(ValueAt<Entries, Q> | undefined)[]>;
  has(key: K): Awaitable<boolean>;
  readonly size: Awaitable<number>;
  expiresAt(key: K): Awaitable<number | undefined>;
  ttl(key: K): Awaitable<number | undefined>;
  keys(range?: Range<K>): Iterable<K> | AsyncIterable<K>;
  values(range?: Range<K>): Iterable<ValueAt<Entries, K>> | AsyncIterable<ValueAt<Entries, K>>;
  entries(range?: Range<K>): Iterable<[K, ValueAt<Entries, K>]> | AsyncIterable<[K, ValueAt<Entries, K>]>;
  set<Q extends K>(key: Q, value: ValueAt<Entries, Q>, options?: SetOptions): Promise<void>;
  setMany<Q extends K>(
    entries: Iterable<readonly [Q, ValueAt<Entries, Q>]>,
    options?: SetOptions,
  ): Promise<void>;
  delete(key: K): Promise<void>;
  deleteRange(range: Range<K>): Promise<void>;
  clear(): Promise<void>;
  update<Q extends K>(
    key: Q,
    change: (value: ValueAt<Entries, Q> | undefined) => ValueAt<Entries, Q>,
  ): Promise<ValueAt<Entries, Q>>;
  getOrSet<Q extends K>(
    key: Q,
    make: () => ValueAt<Entries, Q>,
    options?: SetOptions,
  ): Promise<ValueAt<Entries, Q>>;
  increment(key: K, by?: number): Promise<number>;
  decrement(key: K, by?: number): Promise<number>;
  compareAndSwap<Q extends K>(
    key: Q,
    expected: ValueAt<Entries, Q> | undefined,
    next: ValueAt<Entries, Q>,
  ): Promise<boolean>;
  expire(key: K, ttl: number): Promise<boolean>;
  persist(key: K): Promise<boolean>;
}

/** A store behind a wire: the same names, with promised reads. */
export interface AsyncStore<Entries = Record<string, unknown>> extends AsyncNamespace<Entries> {
  namespace<V = unknown>(name: string): AsyncNamespace<Record<string, V>>;
  flush(): Promise<void>;
  close(): Promise<void>;
}
