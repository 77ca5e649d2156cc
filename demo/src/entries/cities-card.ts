/** The title block of the chart: offers the cities, and shows how far they have come. */
import { count, gzippedBytes } from 'virtual:cities';
import type { App } from '../app.ts';
import { fill, h } from '../dom.ts';
import { describeError, formatBytes, formatCount, formatDuration } from '../format.ts';
import { LOADED_KEY, loadCities } from './load-cities.ts';

export function citiesCard({ store }: App, say: (message: string) => void): HTMLElement {
  const element = h('section', { class: 'chart-title', 'aria-label': 'The data' });
  let loading = false;

  const draw = (): void => {
    element.hidden = !loading && store.get(LOADED_KEY) === true;
  };

  const offer = (error?: unknown): void => {
    const button = h(
      'button',
      { type: 'button', class: 'primary', onclick: load },
      `Load ${formatCount(count)} cities`,
    );
    fill(
      element,
      h('h2', {}, 'Cities of the world'),
      error !== undefined && h('p', { class: 'bad small', role: 'alert' }, describeError(error).message),
      h('p', { class: 'small soft' }, `${formatBytes(gzippedBytes)} to fetch, then kept on this machine.`),
      h('p', {}, button),
    );
  };

  const load = async (): Promise<void> => {
    const bar = h('span', {});
    const progress = h(
      'div',
      { class: 'scale', role: 'progressbar', 'aria-label': 'Bytes fetched', 'aria-valuemax': gzippedBytes },
      bar,
    );
    const text = h('p', { class: 'small soft figure' }, 'Asking for them.');
    fill(element, h('h2', {}, 'Loading the cities'), progress, text);
    loading = true;
    try {
      const report = await loadCities(store, (bytes) => {
        bar.style.width = `${(bytes / gzippedBytes) * 100}%`;
        progress.ariaValueNow = String(bytes);
        text.textContent = `${formatBytes(bytes)} of ${formatBytes(gzippedBytes)}`;
      });
      say(
        `${formatCount(report.entries)} cities were fetched, stored and durable after ${formatDuration(report.duration_ms)}; ` +
          `the page was never held up for more than ${formatDuration(report.longestPause_ms)}.`,
      );
      offer();
    } catch (error) {
      offer(error);
    } finally {
      loading = false;
      draw();
    }
  };

  offer();
  draw();
  store.watch(LOADED_KEY, draw);
  return element;
}
