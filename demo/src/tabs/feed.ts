/** The change feed: `store.on('change')`, a line a commit. */
import type { ChangeEvent, CommitEvent, Store } from '@isokv/core';
import { h } from '../dom.ts';
import { countOf, formatCount } from '../format.ts';

const LINES = 40;

export function createFeed(store: Store): HTMLElement {
  const list = h('ol', { class: 'feed' });
  const frame = h('div', { class: 'feed-frame', role: 'log', 'aria-label': 'Changes', tabindex: 0 }, list);
  const hint = h('p', { class: 'soft small' }, 'Nothing has been written since this panel was opened.');
  store.on('change', (commit) => {
    hint.hidden = true;
    list.prepend(line(commit));
    while (list.childElementCount > LINES) list.lastElementChild?.remove();
  });
  return h('div', { class: 'feed-box' }, hint, frame);
}

function line({ seq, origin, changes }: CommitEvent): HTMLElement {
  return h(
    'li',
    { class: origin === 'remote' && 'is-remote', 'data-origin': origin },
    h('span', { class: 'figure soft' }, formatCount(seq)),
    h('span', { class: 'origin' }, origin === 'remote' ? 'another tab' : 'this tab'),
    h('code', {}, summary(changes)),
  );
}

function summary(changes: readonly ChangeEvent[]): string {
  const [first] = changes;
  if (!first) return 'nothing';
  const one = `${first.type} ${first.namespace === '' ? '' : `${first.namespace}/`}${first.key}`;
  return changes.length === 1 ? one : `${one} and ${countOf(changes.length - 1, 'more', 'more')}`;
}
