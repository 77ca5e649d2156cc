/** A map of pages as a picture: a row each, with what its bytes are for, and its wear. */
import type { FlashMap, Use } from '../image/flash-map.ts';
import { wearOf, wearText } from './wear.ts';

const COLOURS: Record<Use, string> = {
  live: '#1b6ca8',
  dead: '#c9b8a8',
  frame: '#5c5c66',
  torn: '#d1242f',
  free: '#f3f4f6',
};
const ROW = 16;
const TOP = 56;
const LEFT = 150;
const WIDTH = 768;
const WEAR_WIDTH = 120;

/** @param name of the image, for the title */
export function drawSvg(map: FlashMap, name: string): string {
  const { pages, pageSize, pageCount, damage } = map;
  const most = Math.max(1, ...pages.map((page) => wearOf(page, map).erases));
  const height = TOP + ROW * pageCount + 40;
  const title = `${name}: ${pageCount} pages of ${pageSize} bytes, commit ${map.seq}`;
  const found = damage.length === 0 ? '' : `, damaged in ${damage.length} places`;
  const lines = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${LEFT + WIDTH + WEAR_WIDTH + 80}" height="${height}" role="img" font-family="system-ui, sans-serif" font-size="11">`,
    `<title>${escaped(title + found)}</title>`,
    '<rect width="100%" height="100%" fill="#fff"/>',
    text(8, 20, title + found, 'font-size="14"'),
    ...legend(),
    text(LEFT + WIDTH + 12, TOP - 8, 'wear: erases, ~ by the sequence'),
  ];
  for (const page of pages) {
    const y = TOP + page.page * ROW;
    const { live, dead, free } = page.bytes;
    const tip = `page ${page.page}: ${live} live, ${dead} dead, ${free} free`;
    lines.push(
      text(8, y + 11, `${page.page} ${page.state} ${page.sequence ?? ''}`),
      `<g><title>${tip}</title>`,
    );
    for (const { from, to, use } of page.spans) {
      const x = LEFT + (from / pageSize) * WIDTH;
      lines.push(rect(x, y, ((to - from) / pageSize) * WIDTH, ROW - 3, COLOURS[use]));
    }
    const wear = (wearOf(page, map).erases / most) * WEAR_WIDTH;
    lines.push('</g>', rect(LEFT + WIDTH + 12, y, wear, ROW - 3, '#8a6fb0'));
    lines.push(text(LEFT + WIDTH + 18 + wear, y + 11, wearText(page, map)));
  }
  for (const { offset, message } of damage) {
    const page = Math.floor(offset / pageSize);
    const x = LEFT + ((offset % pageSize) / pageSize) * WIDTH;
    lines.push(
      `<g><title>${escaped(`byte ${offset}: ${message}`)}</title>${rect(x - 2, TOP + page * ROW - 2, 4, ROW + 1, '#ff0000')}</g>`,
    );
  }
  return `${lines.join('\n')}\n</svg>\n`;
}

function legend(): string[] {
  return Object.entries(COLOURS).flatMap(([use, colour], index) => {
    const x = LEFT + index * 90;
    return [rect(x, TOP - 18, 12, 12, colour), text(x + 16, TOP - 8, use)];
  });
}

function rect(x: number, y: number, width: number, height: number, fill: string): string {
  return `<rect x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${height}" fill="${fill}"/>`;
}

function text(x: number, y: number, content: string, style = ''): string {
  return `<text x="${round(x)}" y="${y}" ${style}>${escaped(content)}</text>`;
}

function round(figure: number): number {
  return Math.round(figure * 100) / 100;
}

function escaped(content: string): string {
  return content.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
