import type { Store } from '@isokv/core';
import { h } from '../dom.ts';
import { describeError } from '../format.ts';

const LINES = 12;

/** What the store says about itself: its `health` and `error` events, and what the buttons did. */
export function healthEvents(store: Store): {
  element: HTMLElement;
  tell(text: string, kind?: 'good' | 'bad'): void;
} {
  const element = h('div', { class: 'outcomes', role: 'log', 'aria-label': 'Events' });
  const tell = (text: string, kind?: 'good' | 'bad'): void => {
    const time = new Date().toLocaleTimeString('en', { hour12: false });
    const line = h(
      'p',
      { class: kind ? `notice is-${kind}` : 'notice' },
      h('span', { class: 'soft small figure' }, time),
      ` ${text}`,
    );
    element.prepend(line);
    while (element.childElementCount > LINES) element.lastElementChild?.remove();
  };
  store.on('health', ({ status, error }) => {
    if (status === 'ok') return tell('health: ok. Everything that was written is durable again.', 'good');
    const { code, message } = describeError(error);
    tell(
      `health: degraded. What is written is kept in memory until the log takes it. ${code}: ${message}`,
      'bad',
    );
  });
  store.on('error', (error) => {
    const { code, message } = describeError(error);
    tell(`error: ${code}: ${message}`, 'bad');
  });
  return { element, tell };
}
