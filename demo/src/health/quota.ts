/** How much room the browser gives, and whether it has promised to keep it. */
import { persistence } from '@isokv/adapter-idb';
import { h } from '../dom.ts';
import { formatBytes } from '../format.ts';

export interface Quota {
  readonly element: HTMLElement;
  draw(): Promise<void>;
}

export function quotaCard(tell: (text: string, kind?: 'good' | 'bad') => void): Quota {
  const bar = h('span', {});
  const text = h('p', { class: 'small soft figure', 'data-testid': 'quota' });
  const ask = async (): Promise<void> => {
    const { persisted: granted } = await persistence({ request: true });
    tell(
      granted
        ? 'The browser will not remove this store by itself.'
        : 'The browser keeps the right to remove this store when space is short.',
      granted ? 'good' : undefined,
    );
    await draw();
  };
  const button = h('button', { type: 'button', onclick: () => void ask() }, 'Ask to keep it');

  const draw = async (): Promise<void> => {
    const { usage = 0, quota, persisted = false } = await persistence();
    bar.style.width = `max(2px, ${quota ? (usage / quota) * 100 : 0}%)`;
    const room = quota
      ? `${formatBytes(usage)} of ${formatBytes(quota)} that the browser gives this site`
      : 'This browser does not say how much room it gives';
    text.textContent = `${room}; ${persisted ? 'kept until you remove it' : 'kept as long as there is space'}.`;
    button.hidden = persisted;
  };
  return {
    element: h(
      'div',
      { class: 'quota' },
      h('div', { class: 'scale', 'aria-hidden': 'true' }, bar),
      text,
      button,
    ),
    draw,
  };
}
