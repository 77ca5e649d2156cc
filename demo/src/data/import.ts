/** A file, dropped or chosen: first what is in it, then, if the visitor wants, into the store. */
import type { Store } from '@isokv/core';
import { confirmed } from '../confirm.ts';
import { fill, h, painted } from '../dom.ts';
import { countOf, describeError, formatBytes, formatDuration } from '../format.ts';
import { acceptDrops } from './drops.ts';
import { hexView } from './hex-view.ts';
import { type Opened, openBytes } from './sources.ts';

export interface ImportCard {
  readonly element: HTMLElement;
  /** What is dropped on the page from now on is taken. @returns what ends that */
  acceptDrops(): () => void;
}

export function importCard(store: Store): ImportCard {
  const outcome = h('div', { role: 'status', class: 'import-outcome', 'data-testid': 'imported' });
  const input = h('input', {
    type: 'file',
    class: 'visually-hidden',
    onchange: () => {
      const [file] = input.files ?? [];
      input.value = ''; // So that the same file can be chosen again.
      if (file) takeFile(file);
    },
  });

  let latest = 0;
  /** Shows what comes of some work, unless something else has been begun meanwhile. */
  const show = async (doing: string, work: () => Promise<readonly HTMLElement[]>): Promise<void> => {
    const turn = ++latest;
    fill(outcome, h('p', { class: 'soft' }, doing));
    await painted(); // What follows may hold the page up.
    const found = await work();
    if (turn === latest) fill(outcome, ...found);
  };

  const take = (name: string, read: () => Promise<ArrayBuffer>): Promise<void> =>
    show(`Reading ${name} …`, async () => {
      const start_ms = performance.now();
      let hex: HTMLElement[] = [];
      try {
        const bytes = new Uint8Array(await read());
        hex = [hexView(bytes)];
        const opened = await openBytes(bytes);
        const took = formatDuration(performance.now() - start_ms);
        return [...hex, summary(name, bytes.length, took, opened), choices(opened.store)];
      } catch (error) {
        const { seq, entries } = store.stats();
        const asItWas = `The store is as it was, at commit ${seq}: ${countOf(entries, 'entry', 'entries')}.`;
        return [...hex, failure(error), h('p', { class: 'small soft' }, asItWas)];
      }
    });

  const takeFile = (file: File): void => void take(file.name, () => file.arrayBuffer());

  const choices = (from: Store): HTMLElement => {
    const load = (mode: 'merge' | 'replace'): Promise<void> =>
      show('Writing it …', async () => {
        try {
          const start_ms = performance.now();
          await store.load(from.toData(), { mode });
          const took = formatDuration(performance.now() - start_ms);
          const entries = countOf(store.stats().entries, 'entry', 'entries');
          const text = `One commit, durable after ${took}. The store has ${entries}.`;
          return [h('p', { class: 'notice is-good' }, text)];
        } catch (error) {
          return [failure(error)];
        }
      });
    const askToReplace = async (): Promise<void> => {
      const now = countOf(store.stats().entries, 'entry', 'entries');
      const then = countOf(from.stats().entries, 'entry', 'entries');
      const isWanted = await confirmed({
        title: 'Replace everything?',
        text: `The store has ${now}, this file ${then}. What is not in the file goes, in every tab. Export first what you want back.`,
        action: 'Replace it',
        keep: 'Keep what is there',
      });
      if (isWanted) await load('replace');
    };
    return h(
      'p',
      { class: 'row' },
      h('button', { type: 'button', class: 'primary', onclick: () => void load('merge') }, 'Merge it in'),
      h(
        'button',
        { type: 'button', class: 'danger', onclick: () => void askToReplace() },
        'Replace everything',
      ),
      h('button', { type: 'button', onclick: () => fill(outcome) }, 'Leave it'),
    );
  };

  /** What a bit that flips on the way does: the export, with one bit changed in its middle. */
  const takeDamaged = (): void => {
    const bytes = store.toData();
    const middle = bytes.length >> 1;
    bytes[middle] = (bytes[middle] ?? 0) ^ 1;
    void take('demo-damaged.isokv', async () => bytes.buffer);
  };

  const drop = h(
    'div',
    { class: 'drop' },
    h('p', {}, 'Drop a file here, or ', h('label', { class: 'button' }, 'choose one', input)),
    h(
      'p',
      { class: 'small soft' },
      'Data of toData() as bytes, JSON or JSON Lines; a store file of Node; a flash image.',
    ),
  );
  const element = h(
    'section',
    { class: 'card' },
    h('h2', {}, 'Import'),
    drop,
    h('p', {}, h('button', { type: 'button', onclick: takeDamaged }, 'Try one with a flipped bit')),
    outcome,
  );
  return { element, acceptDrops: () => acceptDrops(drop, takeFile) };
}

function summary(name: string, size: number, took: string, { kind, store }: Opened): HTMLElement {
  return h(
    'div',
    { class: 'notice' },
    h('p', {}, `${name} is ${kind}: ${formatBytes(size)}, opened in ${took}. It holds`),
    h(
      'ul',
      { class: 'namespaces' },
      ...store.namespaces().map((name) => {
        const { size } = name === '' ? store : store.namespace(name);
        return h('li', {}, h('code', {}, name || '(default)'), ` ${countOf(size, 'entry', 'entries')}`);
      }),
    ),
  );
}

function failure(error: unknown): HTMLElement {
  const { code, message } = describeError(error);
  return h('p', { class: 'notice is-bad' }, h('b', {}, code), ` ${message}`);
}
