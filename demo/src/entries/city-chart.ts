import type { ChangeEvent, Store } from '@isokv/core';
import { CITIES } from '../city.ts';
import { type Chart, createChart } from './chart.ts';
import { KeyList } from './key-list.ts';

const SLICE_MS = 4;

/** A chart of the namespace `cities` that stays as the store is. */
export function createCityChart(store: Store, ...children: HTMLElement[]): Chart {
  const chart = createChart(...children);
  const cities = store.namespace(CITIES);
  let latest: KeyList | undefined;

  const chartAll = (): void => {
    chart.removeCities();
    const list = new KeyList(cities, {});
    latest = list;
    let charted = 0;
    const slice = (): void => {
      if (list !== latest) return;
      list.pull(SLICE_MS);
      chart.addCities(list.keys.slice(charted));
      charted = list.keys.length;
      if (!list.done) requestAnimationFrame(slice);
    };
    slice();
  };

  const follow = (changes: readonly ChangeEvent[]): void => {
    // What came is added; where something went, all of it is drawn anew.
    if (changes.every(({ type }) => type === 'put')) chart.addCities(changes.map(({ key }) => key));
    else chartAll();
  };

  chartAll();
  cities.watch({}, follow);
  return chart;
}
