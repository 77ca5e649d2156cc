/** Entries as a table of any length: only the rows in sight are in the document. */
import type { Namespace } from '@isokv/core';
import { beforeFrame, h } from '../dom.ts';
import type { KeyList } from './key-list.ts';
import { createRow, type Row, type RowActions } from './row.ts';
import { followRowFocus } from './row-focus.ts';

/** Rows above and below those in sight. */
const SPARE_ROWS = 4;

export interface Table {
  readonly element: HTMLElement;
  /** Shows another list, from its top, unless it is the same one read again. */
  show(namespace: Namespace, list: KeyList, options: { fromTop: boolean }): void;
  /** Puts in sight what has changed: the length of the list, values, times. */
  draw(): void;
}

export function createTable(actions: RowActions): Table {
  const space = h('div', { class: 'table-space', role: 'presentation' });
  const body = h(
    'div',
    { class: 'table-rows', role: 'rowgroup', tabindex: 0, 'aria-label': 'Entries' },
    space,
  );
  const head = h(
    'div',
    { class: 'table-head', role: 'row', 'aria-rowindex': 1 },
    ...['Key', 'Value', 'Expires', ''].map((title) =>
      h(
        'div',
        { role: 'columnheader', 'data-column': title },
        title || h('span', { class: 'visually-hidden' }, 'Actions'),
      ),
    ),
  );
  const table = h(
    'div',
    { role: 'table', 'aria-label': 'Entries' },
    h('div', { role: 'rowgroup' }, head),
    body,
  );
  const empty = h('p', { class: 'table-empty', hidden: true });
  const element = h('div', { class: 'table' }, table, empty);

  const rows = new Map<string, Row>();
  let shown: { namespace: Namespace; list: KeyList } | undefined;
  let rowHeight_px = 1;

  const draw = (): void => {
    if (!shown) return;
    const { namespace, list } = shown;
    const { keys } = list;
    space.style.height = `${keys.length * rowHeight_px}px`;
    table.setAttribute('aria-rowcount', String(list.done ? keys.length + 1 : -1));
    empty.hidden = !(list.done && keys.length === 0);
    empty.textContent = namespace.size === 0 ? 'No entries here yet.' : 'No entries begin with that.';
    const first = Math.max(0, Math.floor(body.scrollTop / rowHeight_px) - SPARE_ROWS);
    const count = Math.ceil(body.clientHeight / rowHeight_px) + 2 * SPARE_ROWS;
    const inSight = keys.slice(first, first + count);
    for (const [key, row] of rows) if (!inSight.includes(key) && !row.editing) forget(key, row);
    let before: Element = space;
    for (const [offset, key] of inSight.entries()) {
      const row = rows.get(key) ?? createRow(namespace, key, actions);
      rows.set(key, row);
      row.update();
      const { element } = row;
      element.style.translate = `0 ${(first + offset) * rowHeight_px}px`;
      element.setAttribute('aria-rowindex', String(first + offset + 2));
      // Moved only when it must be: a row that is moved loses the focus.
      if (before.nextElementSibling !== element) before.after(element);
      before = element;
    }
    focus.settle(Math.ceil(body.scrollTop / rowHeight_px));
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
  const focus = followRowFocus(body, reveal);

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
    show(namespace, list, { fromTop }) {
      if (namespace !== shown?.namespace) for (const [key, row] of rows) forget(key, row);
      shown = { namespace, list };
      if (fromTop) {
        for (const [key, row] of rows) if (row.editing) forget(key, row);
        body.scrollTop = 0;
      }
      draw();
    },
  };
}
