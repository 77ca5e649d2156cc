import { setTimeout as sleep } from 'node:timers/promises';
import { formatCount, formatDuration } from '../figures.mjs';

/** @import { Tour } from '../types.mjs' */

const SHORT_MS = 300;
const LONG_MS = 3_600_000;
/** The longest that the `expire` event is waited for: it comes with a sweep, when the event loop is free. */
const PATIENCE_MS = 5000;

/** @param {Tour} tour */
export async function expire(tour) {
  const { terminal, checks } = tour;
  terminal.explain(`sessions.set(key, value, { ttl: ${SHORT_MS} }): the clock is the real one.`);
  await expireWhileOpen(tour);

  // And over a restart.
  const sessions = tour.store.namespace('sessions');
  sessions.set('ada', 'long', { ttl: LONG_MS });
  const longExpiresAt = sessions.expiresAt('ada');
  await sessions.set('grace', 'short', { ttl: SHORT_MS });
  const expiresAt = sessions.expiresAt('grace') ?? 0;
  await tour.store.close();
  await sleep(Math.max(0, expiresAt - Date.now()) + 1);
  await tour.reopen();
  const reopened = tour.store.namespace('sessions');
  terminal.figure('opened after the time was up', formatCount(reopened.size), 'left, of one hour');
  checks.equal('what expired while the store was closed is absent', reopened.get('grace'), undefined);
  checks.equal('what has time left is there', reopened.get('ada'), 'long');
  checks.equal('with its time to the millisecond', reopened.expiresAt('ada'), longExpiresAt);
}

/** @param {Tour} tour */
async function expireWhileOpen({ store, terminal, checks }) {
  const sessions = store.namespace('sessions');
  /** @type {Promise<{ key: string, at: number }>} */
  const expired = new Promise((resolve) => store.on('expire', ({ key }) => resolve({ key, at: Date.now() })));
  const setAt = Date.now();
  await sessions.set('ada', 'here', { ttl: SHORT_MS });
  const expiresAt = sessions.expiresAt('ada') ?? 0;
  let early = 0;
  let late = 0;
  let reads = 0;
  for (let isThere = true; isThere; await sleep(1)) {
    const before = Date.now();
    isThere = sessions.get('ada') !== undefined;
    if (isThere && before >= expiresAt) late++;
    if (!isThere && Date.now() < expiresAt) early++;
    reads++;
  }
  const goneAfter_ms = Date.now() - setAt;
  const event = await Promise.race([expired, sleep(PATIENCE_MS, undefined, { ref: false })]);

  terminal.figure('reads while it ran out', formatCount(reads), `gone after ${formatDuration(goneAfter_ms)}`);
  if (event) terminal.figure("the 'expire' event came after", formatDuration(event.at - setAt));
  checks.that(
    'no read found it too late, or missed it too early',
    early + late === 0,
    `${early} early, ${late} late`,
  );
  checks.equal("the 'expire' event named it", event?.key, 'ada');
}
