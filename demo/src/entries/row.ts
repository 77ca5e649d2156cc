import type { Namespace } from '@isokv/core';
import { h, setText } from '../dom.ts';
import { describeError, formatLeft } from '../format.ts';
import { createEditor } from './editor.ts';
import type { Say } from './said.ts';
import { isJson, valueText } from './value-text.ts';

export interface RowActions {
  /** Tells the visitor what came of an action. */
  readonly say: Say;
  /** A row is pointed at, or no longer. */
  point(key: string | undefined): void;
}

export interface Row {
  readonly element: HTMLElement;
  readonly editing: boolean;
  /** Reads the entry again and changes what has changed. */
  update(): void;
  /** Shows what is left until the entry expires, and touches nothing else. */
  tick(): void;
}

/** A row of a grid: what carries `data-column` can have the focus, as grid-focus.ts has it. */
export function createRow(namespace: Namespace, key: string, actions: RowActions): Row {
  const value = h('div', { ...cell(2), class: 'value', 'data-column': 'value', ondblclick: () => edit() });
  const expiry = h('div', { ...cell(3), class: 'expiry ttl figure', 'data-column': 'expires' });
  const dial = h('i', { 'aria-hidden': 'true' });
  const left = h('span');
  const element = h('div', {
    class: 'table-row',
    role: 'row',
    onpointerenter: () => actions.point(key),
    onpointerleave: () => actions.point(undefined),
    onfocusin: () => actions.point(key),
    onkeydown: (event: KeyboardEvent) => {
      if (event.key !== 'F2' && (event.key !== 'Enter' || event.target instanceof HTMLButtonElement)) return;
      if (event.target instanceof HTMLInputElement) return;
      event.preventDefault(); // Else the same key would end the editing that it begins.
      edit();
    },
  });
  // No value is this one, so that the first update draws.
  let drawn: unknown = element;
  let lifetime_ms = 0;
  let editing = false;

  const update = (): void => {
    tick();
    if (editing) return;
    const current = namespace.get(key);
    // The same object until the key is next written. An entry that has gone is left as it was until its row goes.
    if (current === drawn || current === undefined) return;
    drawn = current;
    const text = valueText(current);
    editButton.hidden = !isJson(current);
    value.textContent = text;
    value.title = text;
  };

  const tick = (): void => {
    const left_ms = namespace.ttl(key);
    if (left_ms === undefined) {
      if (expiry.textContent !== '—') expiry.replaceChildren('—');
      return;
    }
    lifetime_ms = Math.max(lifetime_ms, left_ms);
    if (!dial.isConnected) expiry.replaceChildren(dial, left);
    dial.style.setProperty('--left', (left_ms / lifetime_ms).toFixed(2));
    setText(left, formatLeft(left_ms));
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
      (error: unknown) => actions.say(describeError(error).message, { isError: true }),
    );
    stop();
  };

  const stop = (): void => {
    editing = false;
    drawn = element;
    element.classList.remove('is-editing');
    buttons.replaceChildren(...actionCells);
    update();
    value.focus();
  };

  const remove = (): void => {
    const before = namespace.get(key);
    const expiresAt = namespace.expiresAt(key);
    const undo = async (): Promise<string> => {
      if (namespace.has(key)) return `${key} has been written anew since: that is kept.`;
      await namespace.set(key, before, expiresAt === undefined ? {} : { expiresAt });
      return `${key} is back.`;
    };
    void namespace.delete(key).then(
      () => actions.say(`${key} is deleted.`, { undo }),
      (error: unknown) => actions.say(describeError(error).message, { isError: true }),
    );
  };

  const button = (title: string, onclick: () => void): HTMLButtonElement =>
    h(
      'button',
      {
        type: 'button',
        class: 'quiet',
        tabindex: -1,
        'data-column': title,
        'aria-label': `${title} ${key}`,
        onclick,
      },
      title,
    );
  const editButton = button('Edit', edit);
  const deleteButton = button('Delete', remove);
  const actionCells = [editButton, deleteButton].map((each, at) => h('div', cell(4 + at), each));
  const buttons = h('div', { role: 'none', class: 'actions' }, ...actionCells);
  element.append(keyCell(key), value, expiry, buttons);
  return {
    element,
    update,
    tick,
    get editing() {
      return editing;
    },
  };
}

function cell(
  column: number,
  role = 'gridcell',
): { role: string; tabindex?: number; 'aria-colindex': number } {
  return { role, 'aria-colindex': column, ...(column < 4 && { tabindex: -1 }) };
}

/** The name of a city stands out from what makes its key one of a kind. */
function keyCell(key: string): HTMLElement {
  const slash = key.indexOf('/');
  const name = slash < 0 ? key : key.slice(0, slash);
  return h(
    'div',
    { ...cell(1, 'rowheader'), class: 'key', 'data-column': 'key', title: key },
    name,
    h('small', {}, key.slice(name.length)),
  );
}
