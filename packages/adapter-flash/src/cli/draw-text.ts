/** A map of pages for a terminal: a line each. */
import type { FlashMap, Span, Use } from '../image/flash-map.ts';
import { wearText } from './wear.ts';

const CELLS = 64;
/** Where uses meet in a cell, the one that comes first here is drawn. */
const SIGNS: readonly (readonly [Use, string])[] = [
  ['torn', '!'],
  ['live', '█'],
  ['dead', '▒'],
  ['frame', '-'],
  ['free', '·'],
];

export function drawText(map: FlashMap): string {
  const { pageSize, pageCount, programUnit, pages, damage } = map;
  const row = (cells: readonly (string | number)[]): string => {
    const [page, state, seq, bytes, ...figures] = cells.map(String);
    const right = figures.map((cell) => cell.padStart(6)).join('');
    return `${page?.padStart(5)}  ${state?.padEnd(5)}  ${seq?.padStart(6)}  ${bytes?.padEnd(CELLS)}${right}`.trimEnd();
  };
  const lines = [
    `${pageCount} pages of ${pageSize} bytes, units of ${programUnit}, commit ${map.seq}`,
    row(['page', 'state', 'seq', '', 'live', 'dead', 'free', 'wear']),
    ...pages.map((page) => {
      const { live, dead, free } = page.bytes;
      const bytes = draw(page.spans, pageSize);
      return row([page.page, page.state, page.sequence ?? '', bytes, live, dead, free, wearText(page, map)]);
    }),
    `${SIGNS.map(([use, sign]) => `${sign} ${use}`).join('   ')}   wear: erases, ~ by the sequence`,
    ...damage.map(({ offset, message }) => `DAMAGE at byte ${offset}: ${message}`),
  ];
  return `${lines.join('\n')}\n`;
}

function draw(spans: readonly Span[], pageSize: number): string {
  let text = '';
  for (let cell = 0; cell < CELLS; cell++) {
    const [start, end] = [(cell * pageSize) / CELLS, ((cell + 1) * pageSize) / CELLS];
    const inCell = spans.filter(({ from, to }) => from < end && to > start);
    text += SIGNS.find(([use]) => inCell.some((span) => span.use === use))?.[1];
  }
  return text;
}
