/** Benchmark: this store beside those that people come from, on the visitor's own machine. */
import type { Panel } from '../app.ts';
import { h } from '../dom.ts';
import { countOf, describeError } from '../format.ts';
import { workloadChart } from './chart.ts';
import { dexie } from './engines/dexie.ts';
import { idbKeyval } from './engines/idb-keyval.ts';
import { isokv } from './engines/isokv.ts';
import { webStorage } from './engines/local-storage.ts';
import { localForage } from './engines/localforage.ts';
import { measure, ROUNDS } from './measure.ts';
import { workloads } from './workloads.ts';

export function benchmarkPanel(): Panel {
  const engines = [isokv(), idbKeyval(), localForage(), dexie(), webStorage()];
  const charts = new Map(
    workloads.map((workload) => [
      workload,
      workloadChart(
        workload,
        engines.map(({ name }) => name),
      ),
    ]),
  );
  const status = h(
    'output',
    { class: 'figure', 'data-testid': 'benchmark' },
    'Nothing has been measured yet.',
  );
  const total = workloads.length * engines.length * ROUNDS;
  let isWanted = false;

  /** One tab at a time: two would write into the same databases, and measure each other. */
  const runAlone = async (): Promise<void> => {
    isWanted = true;
    draw();
    const alone = (lock: Lock | null): Promise<void> | undefined => {
      if (lock) return run();
      status.textContent = 'Another tab is measuring: wait until it has done, or stop it there.';
      return undefined;
    };
    if (navigator.locks) await navigator.locks.request('isokv-demo benchmark', { ifAvailable: true }, alone);
    else await run();
    isWanted = false;
    draw();
  };

  const run = async (): Promise<void> => {
    let done = 0;
    try {
      await measure(
        engines,
        ({ engine, workload, operation_ms, rounds }) => {
          charts.get(workload)?.show(engine, operation_ms);
          status.textContent = `${++done} of ${total} measured; the bars are medians of up to ${countOf(rounds, 'round')}.`;
        },
        () => isWanted,
      );
      status.textContent = isWanted
        ? `Done: every bar is the median of ${ROUNDS} rounds, in which the stores took turns.`
        : `Stopped after ${done} of ${total}.`;
    } catch (error) {
      const { code, message } = describeError(error);
      status.textContent = `${code}: ${message}`;
    }
  };

  const start = h('button', { type: 'button', class: 'primary', onclick: () => void runAlone() }, 'Measure');
  const stop = h(
    'button',
    {
      type: 'button',
      onclick: () => {
        isWanted = false;
      },
    },
    'Stop',
  );
  const draw = (): void => {
    start.disabled = isWanted;
    stop.disabled = !isWanted;
  };
  draw();

  const element = h(
    'div',
    {},
    h('div', { class: 'row benchmark-bar' }, start, stop, status),
    h('div', { class: 'columns wide' }, ...[...charts.values()].map((chart) => chart.element), note()),
  );
  return {
    element,
    shown: () => () => {
      isWanted = false;
    },
  };
}

/** What makes the comparison fair, and where it is not. */
function note(): HTMLElement {
  return h(
    'section',
    { class: 'card' },
    h('h2', {}, 'What is compared'),
    h(
      'p',
      { class: 'small soft' },
      'All write objects of four members to this browser, and wait until it calls them written: IndexedDB at its ',
      'default durability. isokv is opened with ',
      h('code', {}, "durability: 'relaxed'"),
      ' for that; by default it asks for more.',
    ),
    h(
      'p',
      { class: 'small soft' },
      'localStorage promises nothing about when its text reaches the disk, and holds about 5 MB.',
    ),
    h(
      'p',
      { class: 'small soft' },
      'Each does what is due between its turns: isokv compacts there, the databases of the browser do so in processes of their own.',
    ),
    h(
      'p',
      { class: 'small soft' },
      'isokv keeps its entries in memory, which is why its reads need not wait.',
    ),
  );
}
