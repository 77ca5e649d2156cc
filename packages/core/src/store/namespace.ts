import { isBytes } from '../bytes/is-bytes.ts';
import { sameContent } from '../codec/equal.ts';
import type { KeyCodec } from '../codec/keys/key-codec.ts';
import { IsokvError } from '../errors.ts';
import { type Bounds, boundsOf, type Range } from '../table/bounds.ts';
import { expiryOf, type Slot } from '../table/slot.ts';
import { checkFunction, checkList } from './check-arguments.ts';
import { checkKey } from './check-key.ts';
import type { ChangeEvent, WatchListener } from './events.ts';
import { expiryAfter, expiryFrom } from './expiry.ts';
import { validate } from './schema.ts';
import type { Space } from './space.ts';
import type { NamespaceOptions, Reads, SetOptions, ValueAt } from './types.ts';

/**
 * A key space of a store: reads are synchronous, writes are visible at once and return a promise that
 * resolves when they are durable. `Entries` names the type of each key's value; `K` is the type of keys.
 *
 * Every method throws CLOSED after `close()`, INVALID_KEY for what is not a key (a well-formed string of at
 * most 64 KiB of UTF-8, or what the key codec takes); every write also READ_ONLY and, inside a transaction
 * of the store, NESTED_TRANSACTION. A write that throws has changed nothing.
 */
export class Namespace<Entries = Record<string, unknown>, K = keyof Entries & string>
  implements Reads<Entries, K>
{
  readonly #space: Space;
  readonly #options: NamespaceOptions;
  readonly #keys: KeyCodec<unknown> | undefined;

  /** @internal For the store: use `store.namespace(name)`. */
  constructor(space: Space, options: NamespaceOptions<never, never>) {
    this.#space = space;
    this.#options = options as NamespaceOptions;
    this.#keys = options.keys as KeyCodec<unknown> | undefined;
  }

  // Reads

  /**
   * @returns the value, or `undefined` where there is none: frozen, and the same object until the key is next written.
   * What cannot be frozen (bytes, and the dates, maps and sets of a codec), or has such a thing inside, comes as a copy
   * of the reader's own
   * @example const theme = store.get('theme') ?? 'light';
   */
  get<Q extends K>(key: Q): ValueAt<Entries, Q> | undefined {
    if (this.#keys === undefined) {
      const slot = this.#space.fast.get(key as string);
      if (slot !== undefined) {
        if (typeof slot !== 'object') return slot as ValueAt<Entries, Q>;
        if (slot.ready) return slot.value as ValueAt<Entries, Q>;
      }
    }
    return this.#space.read(this.#key(key)) as ValueAt<Entries, Q> | undefined;
  }

  /** As `get`, for an entry that must be there. @throws NOT_FOUND when it is not */
  require<Q extends K>(key: Q): ValueAt<Entries, Q> {
    const value = this.get(key);
    if (value === undefined) throw new IsokvError('NOT_FOUND', `there is no entry ${JSON.stringify(key)}`);
    return value;
  }

  /** The values of `keys`, in their order, `undefined` for those that are not there. @throws INVALID_OPTION for what is no list */
  getMany<Q extends K>(keys: Iterable<Q>): (ValueAt<Entries, Q> | undefined)[] {
    checkList('keys', keys);
    return Array.from(keys, (key) => this.get(key));
  }

  /** Whether there is an entry; it may be `null`, or empty. */
  has(key: K): boolean {
    return this.#space.find(this.#key(key)) !== undefined;
  }

  /** How many entries there are. */
  get size(): number {
    return this.#space.size;
  }

  /** Epoch milliseconds; `undefined` when the entry never expires, or is not there. */
  expiresAt(key: K): number | undefined {
    return this.#expiry(this.#key(key)) || undefined;
  }

  /** Milliseconds until the entry expires; `undefined` when it never does, or is not there. */
  ttl(key: K): number | undefined {
    const expiresAt = this.expiresAt(key);
    return expiresAt === undefined ? undefined : expiresAt - this.#space.core.now();
  }

  /**
   * The keys, in the order of their code points, read as they are asked for. Legal to write meanwhile: the iteration
   * sees it. @throws INVALID_RANGE
   * @example const last = [...store.keys({ prefix: 'log:', reverse: true, limit: 10 })];
   */
  keys(range?: Range<K>): Generator<K> {
    return this.#space.scan(this.#bounds(range), (key) => this.#decodeKey(key));
  }

  /** The values, in the order of their keys; otherwise as `keys`. */
  values(range?: Range<K>): Generator<ValueAt<Entries, K>> {
    const space = this.#space;
    const take = (key: string, slot: Slot) => space.value(key, slot) as ValueAt<Entries, K>;
    return space.scan(this.#bounds(range), take, 'values');
  }

  /**
   * Pairs of a key and its value, in key order; otherwise as `keys`.
   * @example for (const [id, user] of users.entries({ gte: 'a', lt: 'b' })) console.log(id, user.name);
   */
  entries(range?: Range<K>): Generator<[K, ValueAt<Entries, K>]> {
    const space = this.#space;
    const take = (key: string, slot: Slot): [K, ValueAt<Entries, K>] => [
      this.#decodeKey(key),
      space.value(key, slot) as ValueAt<Entries, K>,
    ];
    return space.scan(this.#bounds(range), take, 'entries');
  }

  /**
   * Calls back once for each commit, and each removal of expired entries, that touches the key or the range; `get` then
   * has what is new.
   * @returns a function that ends it
   * @example const unsubscribe = store.watch('theme', () => paint(store.get('theme')));
   */
  watch(target: K | Range<K>, listener: WatchListener<K>): () => void {
    checkFunction('the listener', listener);
    const isRange =
      typeof target === 'object' && target !== null && !Array.isArray(target) && !isBytes(target);
    const watched = isRange ? this.#bounds(target as Range<K>) : this.#key(target as K);
    if (!this.#keys) return this.#space.watch(watched, listener as WatchListener);
    const decoded = (change: ChangeEvent): ChangeEvent<K> => ({
      ...change,
      key: change.type === 'clear' ? ('' as K) : this.#decodeKey(change.key),
    });
    return this.#space.watch(watched, (changes) => listener(changes.map(decoded)));
  }

  // Writes

  /**
   * Sets the value: visible at once, and durable when the promise resolves. Without options the entry never expires, even
   * if the one before would have.
   * @throws INVALID_VALUE with the path of what cannot be stored, INVALID_TTL, SCHEMA, LIMIT
   * @example await sessions.set(id, { user: 'ada' }, { ttl: 30 * 60_000 });
   */
  set<Q extends K>(key: Q, value: ValueAt<Entries, Q>, options?: SetOptions): Promise<void> {
    const text = this.#key(key);
    const expiresAt = options === undefined ? 0 : this.#expiryFrom(text, options);
    return this.#space.put(text, this.#valid(value), expiresAt, this.#options.codec);
  }

  /**
   * Sets all of them, or throws and sets none. @throws as `set`; INVALID_OPTION for what is no list of pairs
   * @example await store.setMany(Object.entries({ theme: 'dark', size: 12 }));
   */
  setMany<Q extends K>(
    entries: Iterable<readonly [Q, ValueAt<Entries, Q>]>,
    options?: SetOptions,
  ): Promise<void> {
    checkList('pairs', entries);
    const checked = Array.from(entries, (pair) => {
      checkList('pairs', pair);
      const [key, value] = pair;
      const text = this.#key(key);
      const expiresAt = this.#expiryFrom(text, options);
      return [
        text,
        this.#space.core.slots.encode(this.#valid(value), expiresAt, this.#options.codec),
      ] as const;
    });
    return this.#space.putAll(checked);
  }

  /** Deletes the entry, if there is one. */
  delete(key: K): Promise<void> {
    return this.#space.remove(this.#key(key));
  }

  /**
   * Deletes every entry of the range. @throws INVALID_RANGE
   * @example await cache.deleteRange({ prefix: 'page:' });
   */
  deleteRange(range: Range<K>): Promise<void> {
    const bounds = this.#bounds(range);
    // All of it must be asked for: `clear()`, or `{}`, not a bound that has no value by mistake.
    if (range === undefined || Object.values(range).includes(undefined))
      throw new IsokvError('INVALID_RANGE', 'say which entries to delete');
    return this.#space.atomically(() =>
      this.#space.core.turn.whole(() => {
        for (const key of this.#space.scan(bounds, (key) => key)) this.#space.remove(key);
      }),
    );
  }

  /** Deletes every entry of this namespace, and of no other. */
  clear(): Promise<void> {
    return this.#space.clear();
  }

  /**
   * Sets what `change` makes of the current value (`undefined`: no entry), which is frozen; a TTL stays. `change` may read
   * the store, not write it, nor wait, and may be called again if another writer's commit comes first.
   * @returns a promise of the new value, even if it has expired meanwhile
   * @throws INVALID_OPTION for what is no function; INVALID_VALUE, SCHEMA, LIMIT
   * @example await users.update('ada', (user) => ({ ...user, visits: (user?.visits ?? 0) + 1 }));
   */
  update<Q extends K>(
    key: Q,
    change: (value: ValueAt<Entries, Q> | undefined) => ValueAt<Entries, Q>,
  ): Promise<ValueAt<Entries, Q>> {
    const text = this.#key(key);
    checkFunction('the callback', change);
    return this.#space.atomically(() => {
      const [found, expiresAt] = this.#entry(text);
      const value = this.#space.readOnly(() => change(found as ValueAt<Entries, Q> | undefined));
      return this.#put(text, value, expiresAt) as ValueAt<Entries, Q>;
    });
  }

  /**
   * The value, which `make` makes if there is none.
   * @returns a promise of it; of what was made even if it has expired meanwhile
   * @throws INVALID_OPTION for what is no function; as `set`
   */
  getOrSet<Q extends K>(
    key: Q,
    make: () => ValueAt<Entries, Q>,
    options?: SetOptions,
  ): Promise<ValueAt<Entries, Q>> {
    const text = this.#key(key);
    checkFunction('the callback', make);
    return this.#space.atomically(() => {
      const value = this.#space.read(text);
      if (value !== undefined) return value as ValueAt<Entries, Q>;
      const made = this.#space.readOnly(make);
      return this.#put(text, made, this.#expiryFrom(text, options)) as ValueAt<Entries, Q>;
    });
  }

  /**
   * Adds to a number; an entry that is not there counts as 0. A TTL stays.
   * @returns a promise of the new number @throws NOT_A_NUMBER
   * @example const id = await store.increment('last id');
   */
  increment(key: K, by = 1): Promise<number> {
    const text = this.#key(key);
    if (!Number.isFinite(by)) throw notANumber('what is added', by);
    return this.#space.atomically(() => {
      const [found, expiresAt] = this.#entry(text);
      const value = found === undefined ? 0 : found; // Not `??`: null is not a number.
      if (typeof value !== 'number') throw notANumber(`the entry ${JSON.stringify(key)}`, value);
      return this.#put(text, value + by, expiresAt) as number;
    });
  }

  /** As `increment`, downwards. */
  decrement(key: K, by = 1): Promise<number> {
    return this.increment(key, typeof by === 'number' ? -by : by);
  }

  /**
   * Sets `next` if the value is `expected` (the same content; `undefined`: no entry). A TTL stays.
   * @returns a promise of whether it did
   * @example if (await store.compareAndSwap('leader', undefined, myName)) lead();
   */
  compareAndSwap<Q extends K>(
    key: Q,
    expected: ValueAt<Entries, Q> | undefined,
    next: ValueAt<Entries, Q>,
  ): Promise<boolean> {
    const text = this.#key(key);
    return this.#space.atomically(() => {
      const [found, expiresAt] = this.#entry(text);
      if (!sameContent(found, expected)) return false;
      this.#put(text, next, expiresAt);
      return true;
    });
  }

  /** Lets an entry expire in `ttl` milliseconds. @returns a promise of whether there is one @throws INVALID_TTL */
  expire(key: K, ttl: number): Promise<boolean> {
    const text = this.#key(key);
    const expiresAt = expiryAfter(ttl, this.#space.core.now);
    return this.#space.atomically(() => this.#setExpiry(text, expiresAt));
  }

  /** Lets an entry stay for good. @returns a promise of whether it was going to expire */
  persist(key: K): Promise<boolean> {
    const text = this.#key(key);
    return this.#space.atomically(() => this.#expiry(text) !== 0 && this.#setExpiry(text, 0));
  }

  // Helpers

  /** @returns the value as it is stored, or as it was given, if it has expired this very moment */
  #put(text: string, value: unknown, expiresAt: number): unknown {
    const valid = this.#valid(value);
    this.#space.put(text, valid, expiresAt, this.#options.codec);
    return this.#space.read(text) ?? valid;
  }

  /** A value and its expiry, read together: if it expired in between, what is made of it would never expire. */
  #entry(text: string): [value: unknown, expiresAt: number] {
    const slot = this.#space.find(text);
    return slot === undefined ? [slot, 0] : [this.#space.value(text, slot), expiryOf(slot)];
  }

  #setExpiry(text: string, expiresAt: number): boolean {
    const slot = this.#space.find(text);
    if (slot === undefined) return false;
    this.#space.putSlot(text, this.#space.core.slots.withExpiry(slot, expiresAt));
    return true;
  }

  #valid(value: unknown): unknown {
    const { schema } = this.#options;
    return schema ? validate(schema, value) : value;
  }

  #expiry(text: string): number {
    return expiryOf(this.#space.find(text) ?? 0);
  }

  #expiryFrom(text: string, options: SetOptions | undefined): number {
    return expiryFrom(options, this.#space.core.now, () => this.#expiry(text));
  }

  #key(key: unknown): string {
    return checkKey(this.#keys ? this.#keys.encode(key) : key);
  }

  #decodeKey(text: string): K {
    return (this.#keys ? this.#keys.decode(text) : text) as K;
  }

  #bounds(range: Range<K> | undefined): Bounds {
    const codec = this.#keys;
    if (!codec || !range) return boundsOf(range as Range | undefined);
    const encoded: Record<string, unknown> = { ...range };
    for (const name of ['gt', 'gte', 'lt', 'lte']) {
      if (encoded[name] !== undefined) encoded[name] = codec.encode(encoded[name]);
    }
    if (encoded['prefix'] !== undefined) {
      if (!codec.encodePrefix) throw new IsokvError('INVALID_RANGE', `${codec.name} keys have no prefixes`);
      encoded['prefix'] = codec.encodePrefix(encoded['prefix']);
    }
    return boundsOf(encoded as Range);
  }
}

function notANumber(what: string, value: unknown): IsokvError {
  return new IsokvError(
    'NOT_A_NUMBER',
    `${what} is not a number but ${typeof value === 'number' ? value : typeof value}`,
  );
}
