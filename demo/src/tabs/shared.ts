/** A number and a text that all tabs have in common. */
import type { Store } from '@isokv/core';
import { h } from '../dom.ts';
import { formatCount } from '../format.ts';

const COUNTER = 'counter';
const NOTE = 'note';

export function sharedCounter(store: Store): HTMLElement {
  const value = h('output', { class: 'counter figure', 'data-testid': 'counter' });
  const draw = (): void => {
    value.textContent = formatCount(Number(store.get(COUNTER) ?? 0));
  };
  // Not `set(get() + 1)`: two tabs that increment at the same moment both count.
  const increment = (): void => void store.increment(COUNTER);
  draw();
  store.watch(COUNTER, draw);
  return h(
    'p',
    { class: 'row' },
    h('button', { type: 'button', onclick: increment }, 'Add one'),
    value,
    h('span', { class: 'soft small' }, 'No increment is lost, however many tabs count.'),
  );
}

export function sharedNote(store: Store): HTMLElement {
  const note = h('textarea', {
    rows: 3,
    placeholder: 'Write here, and read it there.',
    oninput: () => void store.set(NOTE, note.value),
  });
  const draw = (): void => {
    const text = String(store.get(NOTE) ?? '');
    if (text !== note.value) note.value = text; // Setting it to what it is would move the cursor.
  };
  draw();
  store.watch(NOTE, draw);
  return h('label', { class: 'field' }, 'A note', note);
}
