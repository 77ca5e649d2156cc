/** The log, always in sight: its bytes as a bar scale, what of them is garbage, and a tick for every commit. */
import type { CommitEvent } from '@isokv/core';
import type { App } from './app.ts';
import { beforeFrame, h, setText } from './dom.ts';
import { describeError, formatBytes, formatCount } from './format.ts';

const TICKS = 25;

interface Tick {
  /** Of 1. */
  readonly height: number;
  readonly isRemote: boolean;
}

const NONE: Tick = { height: 0, isRemote: false };

export function logStrip({ store }: App): HTMLElement {
  const summary = h('span', { class: 'figure' });
  const state = h('span', { class: 'figure', 'data-testid': 'durable' });
  const live = h('span', {});
  const garbage = h('span', { class: 'log-garbage' });
  // As many as there is room for, all along: they change and do not move.
  const slots = Array.from({ length: TICKS }, () => h('i'));
  const ticks = h('div', { class: 'ticks', 'aria-hidden': 'true' }, ...slots);
  const element = h(
    'section',
    { class: 'log', 'aria-label': 'The log' },
    h('p', {}, summary, state),
    ticks,
    h('div', { class: 'scale', 'aria-hidden': 'true' }, live, garbage),
  );

  let problem = describeError(undefined);
  const latest: Tick[] = [];
  const drawTicks = beforeFrame(() => {
    latest.splice(0, Math.max(0, latest.length - TICKS));
    for (const [at, slot] of slots.entries()) {
      const { height, isRemote } = latest[at - TICKS + latest.length] ?? NONE;
      slot.style.setProperty('--height', String(height));
      slot.classList.toggle('is-remote', isRemote);
    }
  });
  const draw = beforeFrame(() => {
    const { seq, logBytes, garbageBytes, pendingCommits, health, durability } = store.stats();
    const garbageShare = logBytes === 0 ? 0 : garbageBytes / logBytes;
    live.style.width = logBytes === 0 ? '0' : `${(1 - garbageShare) * 100}%`;
    garbage.style.width = `${garbageShare * 100}%`;
    setText(summary, `Log ${formatBytes(logBytes)}, ${formatBytes(garbageBytes)} garbage`);
    const saved = durability === 'none' ? 'in memory, as you chose' : 'durable';
    const settled = pendingCommits === 0 ? saved : 'being saved';
    const kept = health === 'ok' ? settled : `only in memory: ${problem.code}`;
    setText(state, `commit ${formatCount(seq)} · ${kept}`);
    const why = health === 'ok' ? '' : problem.message;
    if (state.title !== why) state.title = why;
    if (pendingCommits > 0) draw();
  });

  draw();
  store.on('change', (commit) => {
    latest.push(tickOf(commit));
    drawTicks();
    draw();
  });
  store.on('expire', draw);
  store.on('health', draw);
  // What failed, of a write that nobody awaits too.
  store.on('error', (error) => {
    problem = describeError(error);
    draw();
  });
  setInterval(draw, 1000); // Compaction is not an event.
  return element;
}

/** Its height grows with the logarithm of the number of changes. */
function tickOf({ origin, changes }: CommitEvent): Tick {
  return {
    height: Math.min(1, 0.18 + Math.log10(changes.length) / 4.5),
    isRemote: origin === 'remote',
  };
}
