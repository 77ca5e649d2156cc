/** Health: what the store and its medium say, and what is done to them on purpose. */
import type { App, Panel } from '../app.ts';
import { h } from '../dom.ts';
import { countOf, formatBytes, formatDuration } from '../format.ts';
import { inTurn } from '../in-turn.ts';
import { dropConnections } from './connections.ts';
import { healthEvents } from './events.ts';
import { figures } from './figures.ts';
import { quotaCard } from './quota.ts';

const PROBE = 'health-probe';
const GARBAGE_ENTRIES = 5000;

export function healthPanel(app: App): Panel {
  const { store } = app;
  const { element: events, tell } = healthEvents(store);
  const shown = figures(app);
  const quota = quotaCard(tell);

  const drop = async (): Promise<string> => {
    const dropped = dropConnections();
    if (dropped === 0) throw new Error('there is no connection that could be dropped');
    const duration_ms = await timed(() => store.set(PROBE, Date.now()));
    return `${countOf(dropped, 'connection')} dropped; the next write reconnected and was durable after ${formatDuration(duration_ms)}.`;
  };
  const compact = async (): Promise<string> => {
    const before = store.stats().logBytes;
    const duration_ms = await timed(() => store.compact());
    return `Compacted from ${formatBytes(before)} to ${formatBytes(store.stats().logBytes)} in ${formatDuration(duration_ms)}, in slices of at most 4 ms.`;
  };
  const verify = async (): Promise<string> => {
    const duration_ms = await timed(() => store.verify());
    return `Every byte of the log was read and checked in ${formatDuration(duration_ms)}: no damage.`;
  };
  const makeGarbage = async (): Promise<string> => {
    const scratch = store.namespace('scratch');
    const entries = Array.from(
      { length: GARBAGE_ENTRIES },
      (_, at) => [`entry-${at}`, { at, text: 'x'.repeat(100) }] as const,
    );
    const duration_ms = await timed(async () => {
      void scratch.setMany(entries);
      await scratch.clear();
    });
    return `${countOf(GARBAGE_ENTRIES, 'entry', 'entries')} written and removed again in ${formatDuration(duration_ms)}: all of it is garbage now.`;
  };

  const button = (title: string, work: () => Promise<string>, kind?: string): HTMLElement =>
    h('button', { type: 'button', class: kind, onclick: () => attempt(work) }, title);

  const draw = (): void => {
    shown.draw();
    void quota.draw();
  };
  const attempt = inTurn(tell, draw);

  const element = h(
    'div',
    { class: 'columns' },
    h('section', { class: 'card' }, h('h2', {}, 'As it is now'), shown.element, quota.element),
    h(
      'section',
      { class: 'card' },
      h('h2', {}, 'Put it to the test'),
      h(
        'p',
        { class: 'row' },
        button('Drop the connection', drop, 'danger'),
        button('Make garbage', makeGarbage),
        button('Compact', compact),
        button('Verify', verify),
      ),
      events,
    ),
  );
  return {
    element,
    shown() {
      draw();
      const clock = setInterval(draw, 1000);
      return () => clearInterval(clock);
    },
  };
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start_ms = performance.now();
  await work();
  return performance.now() - start_ms;
}
