import type { Namespace } from '@isokv/core';
import { h } from '../dom.ts';
import { formatLeft } from '../format.ts';
import { createEditor } from './editor.ts';
import { isJson, valueText } from './value-text.ts';

export interface RowActions {
  /** Tells the visitor what came of an action. */
  say(message: string, isError?: boolean): void;
  /** A row is pointed at, or no longer. */
  point(key: string | undefined): void;
}

export interface Row {
  readonly element: HTMLElement;
  readonly editing: boolean;
  /** Reads the entry again and changes what has changed. */
  update(): void;
}

export function createRow(namespace: Namespace, key: string, actions: RowActions): Row {
  const value = h('div', { role: 'cell', class: 'value', ondblclick: () => edit() });
  const expiry = h('div', { role: 'cell', class: 'expiry ttl figure' });
  const buttons = h('div', { role: 'cell', class: 'actions' });
  const element = h(
    'div',
    {
      class: 'table-row',
      role: 'row',
      onpointerenter: () => actions.point(key),
      onpointerleave: () => actions.point(undefined),
      onfocusin: () => actions.point(key),
    },
    keyCell(key),
    value,
    expiry,
    buttons,
  );
  // No value is this one, so that the first update draws.
  let drawn: unknown = buttons;
  let lifetime_ms = 0;
  let editing = false;

  const update = (): void => {
    drawExpiry();
    if (editing) return;
    const current = namespace.get(key);
    if (current === drawn) return; // The same object until the key is next written: nothing to do.
    drawn = current;
    const text = valueText(current);
    editButton.hidden = !isJson(current);
    value.textContent = text;
    value.title = text;
  };

  const drawExpiry = (): void => {
    const left_ms = namespace.ttl(key);
    if (left_ms === undefined) {
      if (expiry.textContent !== '—') expiry.replaceChildren('—');
      return;
    }
    lifetime_ms = Math.max(lifetime_ms, left_ms);
    const dial = h('i', { style: `--left: ${left_ms / lifetime_ms}`, 'aria-hidden': 'true' });
    expiry.replaceChildren(dial, formatLeft(left_ms));
  };

  const edit = (): void => {
    const current = namespace.get(key);
    if (editing || !isJson(current)) return;
    editing = true;
    element.classList.add('is-editing');
    const editor = createEditor(current, { key, save, cancel: stop, say: actions.say });
    value.replaceChildren(editor.input);
    buttons.replaceChildren(editor.saveButton);
    editor.input.focus();
    editor.input.select();
  };

  const save = (next: unknown): void => {
    void namespace.set(key, next, { keepTtl: true }).then(
      () => actions.say(`${key} is saved.`),
      (error: unknown) => actions.say(String(error), true),
    );
    stop();
  };

  const stop = (): void => {
    editing = false;
    drawn = buttons;
    element.classList.remove('is-editing');
    drawButtons();
    update();
    editButton.focus();
  };

  const remove = (): void => {
    void namespace.delete(key).then(
      () => actions.say(`${key} is deleted.`),
      (error: unknown) => actions.say(String(error), true),
    );
  };

  const button = (title: string, onclick: () => void): HTMLButtonElement =>
    h(
      'button',
      {
        type: 'button',
        class: 'quiet',
        tabindex: -1,
        'data-action': title,
        'aria-label': `${title} ${key}`,
        onclick,
      },
      title,
    );
  const editButton = button('Edit', edit);
  const deleteButton = button('Delete', remove);
  const drawButtons = (): void => buttons.replaceChildren(editButton, deleteButton);

  drawButtons();
  return {
    element,
    update,
    get editing() {
      return editing;
    },
  };
}

/** The name of a city stands out from what makes its key one of a kind. */
function keyCell(key: string): HTMLElement {
  const slash = key.indexOf('/');
  const name = slash < 0 ? key : key.slice(0, slash);
  return h(
    'div',
    { role: 'rowheader', class: 'key', title: key },
    name,
    h('small', {}, key.slice(name.length)),
  );
}
