import type { Log } from '../../log/log.ts';
import type { Namespace } from '../../store/namespace.ts';
import type { StoreOptions } from '../../store/options.ts';
import { Store } from '../../store/store.ts';
import { same, sameBytes } from '../assert.ts';
import type { Medium } from '../harness.ts';
import type { Part, Stage } from '../stage.ts';

/** The namespace a test plays in: the tests run once in each. */
export type Space = Namespace<Record<string, unknown>, string>;

export interface Place {
  readonly name: string;
  of(store: Store): Space;
}

export const places: readonly Place[] = [
  { name: 'the default namespace', of: (store) => store as unknown as Space },
  { name: 'a namespace', of: (store) => store.namespace('users') },
];

/** A part of the suite on stores, in one of the places. */
export type StorePart = (place: Place) => Part<Log>;

export interface OpenStore {
  readonly store: Store;
  readonly space: Space;
  /** Closes it, and opens what the medium holds through a new handle. */
  reopen(options?: StoreOptions): Promise<OpenStore>;
}

/** Opens a store on the medium. Closed when the test ends, if it is still open. */
export async function openStore(
  stage: Stage<Log>,
  place: Place,
  options: StoreOptions = {},
  medium: Medium<Log> = stage.medium,
): Promise<OpenStore> {
  const store = await Store.open(medium.handle(), options);
  let isOpen = true;
  stage.atEnd(() => isOpen && store.close());
  const reopen = async (next: StoreOptions = options): Promise<OpenStore> => {
    isOpen = false;
    await store.close();
    return openStore(stage, place, next, medium);
  };
  return { store, space: place.of(store), reopen };
}

/** Passes when the namespace has these entries, and no other. */
export function holds(space: Space, expected: Record<string, unknown>, what: string): void {
  same([...space.keys()], Object.keys(expected).sort(), `${what}: keys`);
  same(space.size, Object.keys(expected).length, `${what}: size`);
  for (const [key, value] of Object.entries(expected)) {
    const found = space.get(key);
    if (value instanceof Uint8Array) sameBytes(found as Uint8Array, value, `${what}: ${key}`);
    else same([typeof found, found], [typeof value, value], `${what}: ${key}`);
  }
}
