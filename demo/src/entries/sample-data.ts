import type { Store } from '@isokv/core';
import { CITIES } from '../city.ts';
import { LOADED_KEY } from './load-cities.ts';

export const SESSIONS = 'sessions';

const COUNT = 5;
const FIRST_TTL_MS = 5000;
const STEP_MS = 6000;

/** Entries that go by themselves, one after another, while the visitor looks on. */
export function addSessions(store: Store): Promise<unknown> {
  const sessions = store.namespace(SESSIONS);
  const written = Array.from({ length: COUNT }, (_, at) =>
    sessions.set(
      Math.random().toString(16).slice(2, 10),
      { user: 'guest', page: at },
      { ttl: FIRST_TTL_MS + at * STEP_MS },
    ),
  );
  return Promise.all(written);
}

/** All of them, and the note that they are there: both or neither. */
export function removeCities(store: Store): Promise<void> {
  return store.transaction((tx) => {
    tx.namespace(CITIES).clear();
    tx.delete(LOADED_KEY);
  });
}
