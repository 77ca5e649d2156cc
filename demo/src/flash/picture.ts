/** The pages of a flash as rows of a table: a picture of their bytes, what of them is live, and their wear. */
import type { FlashPage, Span, Use } from '@isokv/adapter-flash';
import { h } from '../dom.ts';
import { formatCount } from '../format.ts';
import { themeChanged } from '../theme.ts';

/** Bytes a cell of the picture; where uses meet, the one that matters most is drawn. */
const BYTES_PER_CELL = 16;
const ORDER: readonly Use[] = ['free', 'frame', 'dead', 'live', 'torn'];
const COLOURS: Record<Use, string> = {
  live: '--ink',
  dead: '--graticule',
  frame: '--line-strong',
  torn: '--accent',
  free: '--sheet',
};
const LEGEND: Record<Use, string> = {
  live: 'live',
  dead: 'dead, or waiting to be erased',
  frame: 'headers and checksums',
  torn: 'torn by a power cut',
  free: 'free',
};

export interface Picture {
  readonly element: HTMLElement;
  draw(pages: readonly FlashPage[]): void;
}

export function createPicture(pageCount: number, pageSize: number): Picture {
  const rows = Array.from({ length: pageCount }, (_, page) => {
    const canvas = h('canvas', { width: pageSize / BYTES_PER_CELL, height: 1, 'aria-hidden': 'true' });
    const cells = { seq: cell(), live: cell(), dead: cell(), free: cell(), wear: cell() };
    const element = h(
      'tr',
      {},
      h('th', { scope: 'row', class: 'figure' }, page),
      h('td', { class: 'bytes' }, canvas),
      ...Object.values(cells),
    );
    return { canvas, cells, element };
  });
  const heads = ['Page', 'Its bytes', 'In the log', 'Live', 'Dead', 'Free', 'Erased'];
  const table = h(
    'table',
    { class: 'pages' },
    h('caption', { class: 'visually-hidden' }, 'The pages of the flash'),
    h('thead', {}, h('tr', {}, ...heads.map((head) => h('th', { scope: 'col' }, head)))),
    h('tbody', {}, ...rows.map(({ element }) => element)),
  );
  const legend = h(
    'ul',
    { class: 'legend small soft' },
    ...(Object.keys(LEGEND) as Use[]).map((use) =>
      h('li', {}, h('i', { style: `background: var(${COLOURS[use]})`, 'aria-hidden': 'true' }), LEGEND[use]),
    ),
  );
  let drawn: readonly FlashPage[] | undefined;

  const draw = (pages: readonly FlashPage[]): void => {
    drawn = pages;
    for (const { page, state, sequence, bytes, spans, erases } of pages) {
      const { canvas, cells } = rows[page]!;
      paint(canvas, spans);
      const isInLog = state === 'live' || state === 'head';
      cells.seq.textContent = isInLog && sequence !== undefined ? formatCount(sequence) : '—';
      cells.live.textContent = formatCount(bytes.live);
      cells.dead.textContent = formatCount(bytes.dead);
      cells.free.textContent = formatCount(bytes.free);
      cells.wear.textContent = `${formatCount(erases ?? 0)}×`;
    }
  };
  themeChanged.addEventListener('change', () => drawn && draw(drawn));
  return {
    element: h(
      'div',
      {},
      legend,
      h('div', { class: 'pages-frame', tabindex: 0, role: 'region', 'aria-label': 'Pages' }, table),
    ),
    draw,
  };
}

function paint(canvas: HTMLCanvasElement, spans: readonly Span[]): void {
  const context = canvas.getContext('2d')!;
  const style = getComputedStyle(document.documentElement);
  // What matters most comes last, over all others.
  for (const use of ORDER) {
    context.fillStyle = style.getPropertyValue(COLOURS[use]).trim();
    for (const span of spans) {
      if (span.use !== use) continue;
      const start = Math.floor(span.from / BYTES_PER_CELL);
      context.fillRect(start, 0, Math.ceil(span.to / BYTES_PER_CELL) - start, 1);
    }
  }
}

function cell(): HTMLTableCellElement {
  return h('td', { class: 'figure' });
}
