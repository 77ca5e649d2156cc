/** The results of one piece of work: a bar for every engine, as long as it takes. */
import { h } from '../dom.ts';
import { formatDuration } from '../format.ts';
import type { Workload } from './workloads.ts';

export interface WorkloadChart {
  readonly element: HTMLElement;
  show(engine: string, operation_ms: number): void;
}

export function workloadChart({ title, unit, about }: Workload, engines: readonly string[]): WorkloadChart {
  const rows = engines.map((name) => {
    const bar = h('span', {});
    const time = h('td', { class: 'figure' }, '—');
    const ratio = h('td', { class: 'figure' }, '');
    const element = h(
      'tr',
      {},
      h('th', { scope: 'row' }, name),
      h('td', { class: 'bar' }, h('div', { class: 'scale', 'aria-hidden': 'true' }, bar)),
      time,
      ratio,
    );
    return { name, bar, time, ratio, element, operation_ms: undefined as number | undefined };
  });

  const draw = (): void => {
    const longest = Math.max(...rows.map(({ operation_ms = 0 }) => operation_ms));
    const own = rows[0]?.operation_ms;
    for (const { bar, time, ratio, operation_ms } of rows) {
      if (operation_ms === undefined) continue;
      bar.style.width = `max(2px, ${(operation_ms / longest) * 100}%)`;
      time.textContent = formatDuration(operation_ms);
      ratio.textContent = own === undefined ? '' : `${times(operation_ms / own)}×`;
    }
  };

  const heads = ['Store', 'Time, shorter is better', `For ${unit}`, 'isokv is 1'];
  const element = h(
    'section',
    { class: 'card workload' },
    h('h2', {}, title),
    h('p', { class: 'soft small' }, about[0]?.toUpperCase() + about.slice(1), '.'),
    h(
      'table',
      {},
      h('caption', { class: 'visually-hidden' }, title),
      h('thead', {}, h('tr', {}, ...heads.map((head) => h('th', { scope: 'col' }, head)))),
      h('tbody', {}, ...rows.map((row) => row.element)),
    ),
  );
  return {
    element,
    show(engine, operation_ms) {
      const row = rows.find(({ name }) => name === engine);
      if (row) row.operation_ms = operation_ms;
      draw();
    },
  };
}

function times(ratio: number): string {
  if (ratio < 0.1) return ratio.toPrecision(1);
  return ratio < 10 ? ratio.toFixed(2) : Math.round(ratio).toLocaleString('en');
}
