/** What is there before the panels: that the store is being opened, and why it could not be. */
import type { Store } from '@isokv/core';
import { fill, h } from './dom.ts';
import { describeError } from './format.ts';
import { openInMemory, openStore } from './media.ts';

/** Opens the store. Where there is none, goes on without one that lasts only if the visitor wants that. */
export function openInSight(): Promise<Store> {
  fill(
    document.body,
    h('main', { class: 'alone' }, h('p', { class: 'opening soft', role: 'status' }, 'Opening the store …')),
  );
  return openStore().catch(offerMemory);
}

function offerMemory(error: unknown): Promise<Store> {
  const { code, message } = describeError(error);
  return new Promise((resolve) => {
    const retry = h('button', { type: 'button', class: 'primary' }, 'Try again');
    const goOn = h('button', { type: 'button' }, 'Go on in memory, without keeping anything');
    retry.onclick = () => resolve(openInSight());
    goOn.onclick = () => resolve(openInMemory());
    fill(
      document.body,
      h(
        'main',
        { class: 'alone' },
        h('h1', {}, 'The store could not be opened'),
        h('p', { class: 'notice is-bad', role: 'alert' }, h('b', {}, code), ` ${message}.`),
        h(
          'p',
          {},
          'A private window, or a setting that blocks site data, leaves this page nowhere to keep a store. ',
          'What was kept before has not been changed.',
        ),
        h('p', { class: 'row' }, retry, goOn),
      ),
    );
  });
}
