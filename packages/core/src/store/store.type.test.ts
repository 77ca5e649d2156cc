/** Checked by tsc, never run: right uses compile, wrong ones are errors. */
import { defineCodec } from '../codec/codec.ts';
import { integerKeys, type Tuple, tupleKeys } from '../codec/keys.ts';
import { memoryLog } from '../log/memory-log.ts';
import { Store } from './store.ts';
import type { AsyncNamespace, AsyncStore, Transaction } from './types.ts';

interface Settings {
  theme: 'dark' | 'light';
  size: number;
}
interface User {
  readonly name: string;
}

/** Compiles only if the two types are the same. */
function same<A, B>(
  ..._: (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? [] : [never]
): void {}

export async function typedByAnInterface(): Promise<void> {
  const store = await Store.open<Settings>(memoryLog());
  const theme = store.get('theme');
  same<typeof theme, 'dark' | 'light' | undefined>();
  const size = store.require('size');
  same<typeof size, number>();
  const both = store.getMany(['theme', 'size']);
  same<typeof both, ('dark' | 'light' | number | undefined)[]>();
  same<ReturnType<typeof store.set>, Promise<void>>();
  const key = store.keys().next().value;
  store.set('theme', 'dark', { ttl: 5 });
  store.setMany([['size', 1]]);
  store.update('size', (value) => (value ?? 0) + 1);
  store.compareAndSwap('theme', undefined, 'light');
  const result = store.transaction((tx) => tx.get('size'));
  same<typeof result, Promise<number | undefined>>();
  store.keys({ gte: 'size', limit: 1 });
  const [name] = store.entries().next().value as [keyof Settings, unknown];
  same<typeof name, keyof Settings>();

  const put = <K extends keyof Settings>(key: K, value: Settings[K]) => store.set(key, value);
  put('theme', 'dark');

  // @ts-expect-error there is no such key
  store.get('colour');
  // @ts-expect-error a key that is none
  store.get(1);
  // @ts-expect-error not a value of this key
  store.set('theme', 'blue');
  // @ts-expect-error a value of another key
  store.set('theme', 5);
  // @ts-expect-error undefined cannot be stored
  store.set('size', undefined);
  // @ts-expect-error no such option
  store.set('size', 1, { tll: 5 });
  // @ts-expect-error what update makes must be a value
  store.update('size', () => 'x');
  // @ts-expect-error a range must say what to delete
  store.deleteRange();
  // @ts-expect-error no such bound
  store.keys({ start: 'size' });
  // @ts-expect-error it may be undefined
  const certain: number = store.get('size');
  // @ts-expect-error a transaction cannot be watched
  store.transaction((tx) => tx.watch('size', () => undefined));
  // @ts-expect-error nor has it one inside
  store.transaction((tx) => tx.transaction(() => 1));
  // @ts-expect-error results inside are there at once
  store.transaction((tx) => tx.increment('size').then());
  // @ts-expect-error only begin() gives what can be committed
  store.transaction((tx) => tx.commit());
  void [key, certain];
}

export function namespaces(store: Store): void {
  const users = store.namespace<User>('users');
  const user = users.get('any key');
  same<typeof user, User | undefined>();
  users.set('any key', { name: 'A' });
  // @ts-expect-error not a user
  users.set('any key', { age: 1 });
  // @ts-expect-error what comes back is frozen
  users.require('a').name = 'B';

  const byNumber = store.namespace<User, number>('numbered', { keys: integerKeys });
  byNumber.get(5);
  const number = byNumber.keys({ gt: 3 }).next().value;
  void number;
  // @ts-expect-error keys are numbers
  byNumber.get('5');
  // @ts-expect-error bounds too
  byNumber.keys({ gt: '3' });
  // @ts-expect-error keys of another type need their codec
  store.namespace<User, number>('numbered');
  store.namespace<User, Tuple>('t', { keys: tupleKeys }).get(['a', 1]);
}

export function open(store: Store<Settings>): void {
  const tx = store.begin();
  const done = tx.commit();
  same<typeof done, Promise<void>>();
  const size = tx.increment('size');
  same<typeof size, number>();
  const inside: Transaction<Settings> = tx;
  inside.namespace<User>('users').set('a', { name: 'A' });
  // @ts-expect-error not a key
  tx.get('colour');
  // @ts-expect-error no such event
  store.on('changed', () => undefined);
  store.on('change', ({ seq, changes }) => void [seq + 1, changes[0]?.key.length]);
  // @ts-expect-error no such option
  new Store({ ttl: 5 });
  // @ts-expect-error a memory store has nothing to be made durable
  new Store({ durability: 'strict' });
  const text = store.toData({ format: 'json' });
  same<typeof text, string>();
  // @ts-expect-error no such format
  store.toData({ format: 'xml' });
}

/** Code against the asynchronous twin takes a store. */
export async function asynchronous(
  settings: AsyncStore<Settings>,
  users: AsyncNamespace<Record<string, User>>,
): Promise<void> {
  const theme = await settings.get('theme');
  same<typeof theme, 'dark' | 'light' | undefined>();
  await settings.set('size', (await settings.size) + 1);
  for await (const [key, value] of users.entries({ prefix: 'a' })) void [key, value.name];
  // @ts-expect-error it must be awaited
  const certain: 'dark' = settings.get('theme');
  void certain;
}

export function twins(store: Store<Settings>): void {
  void asynchronous(store, store.namespace<User>('users'));
  // @ts-expect-error other keys, other values
  void asynchronous(new Store<{ x: 1 }>(), store.namespace<User>('users'));
}

defineCodec<Date>({
  name: 'date',
  tag: 16,
  accepts: (value): value is Date => value instanceof Date,
  // @ts-expect-error it must give bytes
  encode: (value) => value.toJSON(),
  decode: () => new Date(),
});
