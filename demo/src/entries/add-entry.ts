import type { Namespace } from '@isokv/core';
import { h } from '../dom.ts';
import { describeError } from '../format.ts';
import type { Say } from './said.ts';

/** A dialog for a new entry of the namespace that `current` gives. */
export function addEntryDialog(current: () => Namespace, say: Say): HTMLDialogElement {
  const key = h('input', { name: 'key', autocomplete: 'off', required: true });
  const value = h('input', { name: 'value', value: '{"hello":"world"}', spellcheck: 'false', class: 'mono' });
  const ttl = h('input', { name: 'ttl', type: 'number', min: 1, step: 1, placeholder: 'never' });
  const problem = h('p', { class: 'bad small', role: 'alert' });

  const submit = (event: Event): void => {
    event.preventDefault();
    try {
      const options = ttl.value === '' ? {} : { ttl: Number(ttl.value) * 1000 };
      void current()
        .set(key.value, JSON.parse(value.value), options)
        .then(
          () => say(`${key.value} is saved.`),
          (error: unknown) => say(describeError(error).message, { isError: true }),
        );
      dialog.close();
    } catch (error) {
      problem.textContent = describeError(error).message;
    }
  };

  const dialog = h(
    'dialog',
    { 'aria-labelledby': 'add-entry-title' },
    h(
      'form',
      { onsubmit: submit },
      h('h2', { id: 'add-entry-title' }, 'A new entry'),
      h('label', { class: 'field' }, 'Key', key),
      h('label', { class: 'field' }, 'Value, as JSON', value),
      h('label', { class: 'field' }, 'Expires after, in seconds', ttl),
      problem,
      h(
        'p',
        { class: 'row' },
        h('button', { class: 'primary' }, 'Save'),
        h('button', { type: 'button', onclick: () => dialog.close() }, 'Cancel'),
      ),
    ),
  );
  dialog.addEventListener('close', () => {
    problem.textContent = '';
    key.value = '';
  });
  return dialog;
}
