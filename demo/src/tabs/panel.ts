/** Tabs: what is written here is there in every other tab of this page, and the feed says whence it came. */
import type { App, Panel } from '../app.ts';
import { h } from '../dom.ts';
import { createBoard } from './board.ts';
import { createFeed } from './feed.ts';
import { sharedCounter, sharedNote } from './shared.ts';

export function tabsPanel({ store }: App): Panel {
  const link = h(
    'a',
    { class: 'button primary', href: '#tabs', target: '_blank', rel: 'noopener' },
    'Open a second tab',
  );
  const element = h(
    'div',
    { class: 'columns' },
    h(
      'section',
      { class: 'card' },
      h('p', { class: 'row' }, link, h('span', { class: 'soft small' }, 'Put the two beside each other.')),
      sharedCounter(store),
      sharedNote(store),
      h('h2', {}, 'A board for both'),
      createBoard(store),
    ),
    h('section', { class: 'card' }, h('h2', {}, 'Every commit, as it becomes visible'), createFeed(store)),
  );
  return { element };
}
