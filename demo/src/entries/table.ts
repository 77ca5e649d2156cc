/** Entries as a grid of any length: only the rows in sight are in the document. */
import type { Namespace } from '@isokv/core';
import { beforeFrame, h, setAttribute, setText } from '../dom.ts';
import { followGridFocus } from './grid-focus.ts';
import type { KeyList } from './key-list.ts';
import { createRow, type Row, type RowActions } from './row.ts';

/** Rows above and below those in sight. */
const SPARE_ROWS = 4;

export interface Table {
  readonly element: HTMLElement;
  /** Shows another list, from its top, unless it is the same one read again. */
  show(namespace: Namespace, list: KeyList, options: { fromTop: boolean }): void;
  /** Puts in sight what has changed: the length of the list, values. */
  draw(): void;
  /** Lets the countdowns go on, and touches nothing else. */
  tick(): void;
}

export function createTable(actions: RowActions): Table {
  const space = h('div', { class: 'table-space', role: 'presentation' });
  const body = h('div', { class: 'table-rows', role: 'rowgroup', tabindex: -1 }, space);
  const grid = h(
    'div',
    { role: 'grid', 'aria-label': 'Entries', 'aria-colcount': 5 },
    h('div', { role: 'rowgroup' }, head()),
    body,
  );
  const empty = h('p', { class: 'table-empty', hidden: true });
  const element = h('div', { class: 'table' }, grid, empty);

  const rows = new Map<string, Row>();
  let shown: { namespace: Namespace; list: KeyList } | undefined;
  /** The same list read again, until it has come as far as what is in sight. */
  let coming: KeyList | undefined;
  /** How long the list was when it was last whole: while it is read again, nothing moves. */
  let wholeLength = 0;
  let rowHeight_px = 1;

  const page = (): number => Math.max(1, Math.floor(body.clientHeight / rowHeight_px) - 1);

  const draw = (): void => {
    if (!shown) return;
    // Asked before anything is changed: after that the browser would have to lay it all out for the answer.
    const { scrollTop, clientHeight } = body;
    const first = Math.max(0, Math.floor(scrollTop / rowHeight_px) - SPARE_ROWS);
    const end = first + Math.ceil(clientHeight / rowHeight_px) + 2 * SPARE_ROWS;
    if (coming && (coming.done || coming.keys.length >= end)) {
      shown.list = coming;
      coming = undefined;
    }
    const { namespace, list } = shown;
    const { keys, done } = list;
    if (done) wholeLength = keys.length;
    const height = `${Math.max(keys.length, wholeLength) * rowHeight_px}px`;
    if (space.style.height !== height) space.style.height = height;
    setAttribute(grid, 'aria-rowcount', String(done ? keys.length + 1 : -1));
    empty.hidden = !(done && keys.length === 0);
    setText(empty, namespace.size === 0 ? 'No entries here yet.' : 'No entries begin with that.');
    const inSight = keys.slice(first, end);
    const seen = new Set(inSight);
    for (const [key, row] of rows) if (!seen.has(key)) leave(key, row, keys);
    let before: Element = space;
    for (const [offset, key] of inSight.entries()) {
      const row = rows.get(key) ?? createRow(namespace, key, actions);
      rows.set(key, row);
      row.update();
      place(row, first + offset);
      // Moved only when it must be: a row that is moved loses the focus.
      if (before.nextElementSibling !== row.element) before.after(row.element);
      before = row.element;
    }
    focus.settle(Math.ceil(scrollTop / rowHeight_px));
  };

  const place = ({ element }: Row, index: number): void => {
    element.style.translate = `0 ${index * rowHeight_px}px`;
    setAttribute(element, 'aria-rowindex', String(index + 2));
  };

  /** Out of sight: gone, unless it is being edited or has the focus. */
  const leave = (key: string, row: Row, keys: readonly string[]): void => {
    const isUsed = row.editing || row.element.contains(document.activeElement);
    const index = isUsed ? keys.indexOf(key) : -1;
    if (index >= 0) place(row, index);
    else if (!row.editing) forget(key, row);
  };

  const reveal = (index: number): HTMLElement | undefined => {
    const key = shown?.list.keys[index];
    if (key === undefined) return undefined;
    const top = index * rowHeight_px;
    const lowest = top + rowHeight_px - body.clientHeight;
    body.scrollTop = Math.min(top, Math.max(body.scrollTop, lowest));
    draw();
    return rows.get(key)?.element;
  };
  const focus = followGridFocus(body, { count: () => shown?.list.keys.length ?? 0, page, reveal });

  const forget = (key: string, { element }: Row): void => {
    element.remove();
    rows.delete(key);
  };

  /** Rows are higher on a phone: what is at the top stays there. */
  const resize = (): void => {
    const top = body.scrollTop / rowHeight_px;
    rowHeight_px = Number.parseFloat(getComputedStyle(element).getPropertyValue('--row-height'));
    draw();
    body.scrollTop = top * rowHeight_px;
  };

  body.addEventListener('scroll', beforeFrame(draw), { passive: true });
  new ResizeObserver(resize).observe(body);

  return {
    element,
    draw,
    tick() {
      for (const row of rows.values()) row.tick();
    },
    show(namespace, list, { fromTop }) {
      if (namespace !== shown?.namespace) for (const [key, row] of rows) forget(key, row);
      if (fromTop || namespace !== shown?.namespace) {
        shown = { namespace, list };
        coming = undefined;
        wholeLength = 0;
        for (const [key, row] of rows) if (row.editing) forget(key, row);
        if (body.scrollTop > 0) body.scrollTop = 0;
      } else {
        coming = list;
      }
      draw();
    },
  };
}

function head(): HTMLElement {
  const title = (text: string, column: number): HTMLElement =>
    h('div', { role: 'columnheader', 'data-title': text, 'aria-colindex': column }, text);
  const actions = h(
    'div',
    { role: 'columnheader', 'aria-colindex': 4, 'aria-colspan': 2 },
    h('span', { class: 'visually-hidden' }, 'Actions'),
  );
  return h(
    'div',
    { class: 'table-head', role: 'row', 'aria-rowindex': 1 },
    title('Key', 1),
    title('Value', 2),
    title('Expires', 3),
    actions,
  );
}
