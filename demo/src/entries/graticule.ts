/** The lines of a chart, and the graduated bars around it. Lengths are CSS pixels times `scale`. */
import type { Projection } from './projection.ts';

const LINES_DEGREES = 30;
const BARS_DEGREES = 10;
const BAR_PX = 5;

/** What it is drawn in, read once a theme: asking for the style of the page makes the browser work it out. */
export interface Pencils {
  readonly graticule: string;
  readonly letters: string;
  readonly font: string;
  readonly sheet: string;
  readonly ink: string;
}

export function pencils(): Pencils {
  const style = getComputedStyle(document.documentElement);
  const get = (name: string): string => style.getPropertyValue(name).trim();
  return {
    graticule: get('--graticule'),
    letters: get('--ink-soft'),
    font: get('--serif'),
    sheet: get('--sheet'),
    ink: get('--ink'),
  };
}

export function drawGraticule(
  context: CanvasRenderingContext2D,
  projection: Projection,
  scale: number,
  { graticule, letters, font }: Pencils,
): void {
  const { width, height } = context.canvas;
  context.lineWidth = scale;
  context.strokeStyle = graticule;
  context.fillStyle = letters;
  context.font = `italic ${11 * scale}px ${font}`;
  context.beginPath();
  for (let degrees = -180; degrees <= 180; degrees += LINES_DEGREES) {
    const { x } = projection({ lat: 0, lng: degrees });
    line(context, x, 0, x, height);
    if (Math.abs(degrees) >= 90) continue;
    const { y } = projection({ lat: degrees, lng: 0 });
    line(context, 0, y, width, y);
    if (y < height - 12 * scale) context.fillText(latitude(degrees), (BAR_PX + 5) * scale, y - 4 * scale);
  }
  context.stroke();
}

export function drawFrame(
  context: CanvasRenderingContext2D,
  projection: Projection,
  scale: number,
  { sheet, ink }: Pencils,
): void {
  const { width, height } = context.canvas;
  const bar = BAR_PX * scale;
  context.fillStyle = sheet;
  for (const [x, y, w, h] of [
    [0, 0, width, bar],
    [0, height - bar, width, bar],
    [0, 0, bar, height],
    [width - bar, 0, bar, height],
  ] as const) {
    context.fillRect(x, y, w, h);
  }
  context.fillStyle = ink;
  for (let degrees = -360; degrees < 360; degrees += 2 * BARS_DEGREES) {
    const from = projection({ lat: degrees, lng: degrees });
    const to = projection({ lat: degrees + BARS_DEGREES, lng: degrees + BARS_DEGREES });
    for (const y of [0, height - bar]) context.fillRect(from.x, y, to.x - from.x, bar);
    for (const x of [0, width - bar]) context.fillRect(x, to.y, bar, from.y - to.y);
  }
  context.strokeStyle = ink;
  context.strokeRect(bar, bar, width - 2 * bar, height - 2 * bar);
}

function line(context: CanvasRenderingContext2D, x1: number, y1: number, x2: number, y2: number): void {
  context.moveTo(Math.round(x1) + 0.5, Math.round(y1) + 0.5);
  context.lineTo(Math.round(x2) + 0.5, Math.round(y2) + 0.5);
}

function latitude(degrees: number): string {
  if (degrees === 0) return '0°';
  return `${Math.abs(degrees)}° ${degrees > 0 ? 'N' : 'S'}`;
}
