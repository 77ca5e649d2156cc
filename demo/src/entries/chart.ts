/** The chart: every city a dot, those that were searched for in magenta, within the graduated frame of a sea chart. */
import { positionOf } from '../city.ts';
import { beforeFrame, h } from '../dom.ts';
import { themeChanged } from '../theme.ts';
import { Dots } from './dots.ts';
import { drawFrame, drawGraticule, pencils } from './graticule.ts';
import { type Projection, projectionFor } from './projection.ts';

export interface Chart {
  readonly element: HTMLElement;
  /** Puts more cities on it. */
  addCities(keys: readonly string[]): void;
  removeCities(): void;
  addFound(keys: readonly string[], from: number): void;
  clearFound(): void;
  /** Marks one city. */
  point(key: string | undefined): void;
}

export function createChart(...children: HTMLElement[]): Chart {
  const canvas = h('canvas', { role: 'img', 'aria-label': 'The cities on a chart of the world' });
  const reticle = h('div', { class: 'reticle', hidden: true });
  const element = h('div', { class: 'chart' }, canvas, reticle, ...children);
  const context = canvas.getContext('2d')!;
  const scale = Math.min(2, devicePixelRatio);
  const cities = new Dots(scale, 100);
  const found = new Dots(2 * scale, 255);
  let cityKeys: string[] = [];
  let foundKeys: string[] = [];
  let projection: Projection = projectionFor(1, 1);
  let drawnIn = pencils();

  const draw = beforeFrame(() => {
    cities.flush();
    found.flush();
    context.clearRect(0, 0, canvas.width, canvas.height);
    drawGraticule(context, projection, scale, drawnIn);
    context.drawImage(cities.canvas, 0, 0);
    context.drawImage(found.canvas, 0, 0);
    drawFrame(context, projection, scale, drawnIn);
  });

  const addTo = (dots: Dots, key: string): void => {
    const { x, y } = projection(positionOf(key));
    dots.add(x, y);
  };

  /** After a change of size or colours: all of it anew. */
  const rebuild = (): void => {
    const width = Math.max(1, Math.round(element.clientWidth * scale));
    const height = Math.max(1, Math.round(element.clientHeight * scale));
    canvas.width = width;
    canvas.height = height;
    projection = projectionFor(width, height);
    drawnIn = pencils();
    cities.reset(width, height, colour('--city'));
    found.reset(width, height, colour('--mark'));
    for (const key of cityKeys) addTo(cities, key);
    for (const key of foundKeys) addTo(found, key);
    draw();
  };

  new ResizeObserver(rebuild).observe(element);
  themeChanged.addEventListener('change', rebuild);

  return {
    element,
    addCities(keys) {
      for (const key of keys) {
        cityKeys.push(key);
        addTo(cities, key);
      }
      draw();
    },
    removeCities() {
      reticle.hidden = true;
      cityKeys = [];
      rebuild();
    },
    addFound(keys, from) {
      for (let at = from; at < keys.length; at++) {
        const key = keys[at]!;
        foundKeys.push(key);
        addTo(found, key);
      }
      draw();
    },
    clearFound() {
      reticle.hidden = true;
      foundKeys = [];
      found.clear();
      draw();
    },
    point(key) {
      const { x, y } = projection(positionOf(key ?? ''));
      reticle.hidden = Number.isNaN(x + y); // What a visitor has added need not have a place.
      reticle.style.left = `${x / scale}px`;
      reticle.style.top = `${y / scale}px`;
    },
  };
}

/** A colour of theme.css that is given as `red green blue`. */
function colour(name: string): readonly number[] {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim().split(' ').map(Number);
}
