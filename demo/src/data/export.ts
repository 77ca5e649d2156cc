/** The whole store as a file, in three forms. */
import type { DataFormat, Store } from '@isokv/core';
import { h, painted } from '../dom.ts';
import { formatBytes, formatDuration } from '../format.ts';

const FORMS: readonly { format: DataFormat; title: string; name: string; type: string; about: string }[] = [
  {
    format: 'binary',
    title: 'Bytes',
    name: 'demo.isokv',
    type: 'application/octet-stream',
    about: 'checksummed; the same in every runtime',
  },
  {
    format: 'json',
    title: 'JSON',
    name: 'demo.json',
    type: 'application/json',
    about: 'an entry a line, for diffs',
  },
  {
    format: 'jsonl',
    title: 'JSON Lines',
    name: 'demo.jsonl',
    type: 'application/jsonl',
    about: 'for streams and grep',
  },
];

export function exportCard(store: Store): HTMLElement {
  const result = h('p', { class: 'small soft figure', role: 'status', 'data-testid': 'exported' });
  const download = async (format: DataFormat, name: string, type: string): Promise<void> => {
    result.textContent = `Making ${name} …`;
    await painted(); // What follows may hold the page up.
    const start_ms = performance.now();
    const blob = new Blob([dataOf(store, format)], { type });
    const duration_ms = performance.now() - start_ms;
    const href = URL.createObjectURL(blob);
    h('a', { href, download: name }).click();
    setTimeout(() => URL.revokeObjectURL(href), 60_000); // When the browser has surely taken it.
    result.textContent = `${name}: ${formatBytes(blob.size)}, made in ${formatDuration(duration_ms)}.`;
  };
  return h(
    'section',
    { class: 'card' },
    h('h2', {}, 'Export'),
    h(
      'ul',
      { class: 'forms' },
      ...FORMS.map(({ format, title, name, type, about }) =>
        h(
          'li',
          {},
          h('button', { type: 'button', onclick: () => void download(format, name, type) }, title),
          h('span', { class: 'soft small' }, about),
        ),
      ),
    ),
    result,
  );
}

function dataOf(store: Store, format: DataFormat): Uint8Array<ArrayBuffer> | string {
  return format === 'binary' ? store.toData() : store.toData({ format });
}
