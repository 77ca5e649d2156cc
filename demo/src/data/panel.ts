/** Data: the whole store out of the page, and back in. */
import type { App, Panel } from '../app.ts';
import { h } from '../dom.ts';
import { exportCard } from './export.ts';
import { importCard } from './import.ts';

export function dataPanel({ store }: App): Panel {
  const { element, acceptDrops } = importCard(store);
  return { element: h('div', { class: 'columns' }, exportCard(store), element), shown: acceptDrops };
}
