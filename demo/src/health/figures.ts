/** The figures of the store and of its medium, as they are now. */
import type { App } from '../app.ts';
import { h } from '../dom.ts';
import { countOf, formatBytes, formatCount, formatDuration } from '../format.ts';

export interface Figures {
  readonly element: HTMLElement;
  draw(): void;
}

const DURABILITY: Record<string, string> = {
  strict: 'strict: survives power loss',
  relaxed: 'relaxed: survives a crash of the browser',
  none: 'none: in memory only',
};

export function figures({ store, open_ms }: App): Figures {
  const cells = new Map<string, HTMLElement>();
  const cell = (name: string): HTMLElement => {
    const element = h('dd', { class: 'figure', 'data-figure': name });
    cells.set(name, element);
    return element;
  };
  const rows = [
    'Health',
    'Medium',
    'Durability',
    'Entries',
    'Opened in',
    'Last commit',
    'Waiting to be durable',
    'Log',
    'Garbage',
    'Last compaction',
  ].map((name) => h('div', {}, h('dt', {}, name), cell(name)));

  const draw = (): void => {
    const stats = store.stats();
    const values: Record<string, string> = {
      Health: stats.health,
      Medium: stats.medium,
      Durability: DURABILITY[stats.durability] ?? stats.durability,
      Entries: `${formatCount(stats.entries)} in ${countOf(stats.namespaces, 'namespace')}`,
      'Opened in': formatDuration(open_ms),
      'Last commit': formatCount(stats.seq),
      'Waiting to be durable': formatCount(stats.pendingCommits),
      Log: formatBytes(stats.logBytes),
      Garbage: share(stats.garbageBytes, stats.logBytes),
      'Last compaction':
        stats.lastCompactionAt === undefined ? 'not since this page opened it' : ago(stats.lastCompactionAt),
    };
    for (const [name, element] of cells) {
      const value = values[name] ?? '';
      if (element.textContent !== value) element.textContent = value;
    }
    cells.get('Health')?.classList.toggle('bad', stats.health === 'degraded');
  };
  return { element: h('dl', { class: 'figures' }, ...rows), draw };
}

function share(bytes: number, of: number): string {
  return `${formatBytes(bytes)}${of > 0 ? `, ${((bytes / of) * 100).toFixed(0)}% of the log` : ''}`;
}

function ago(epoch_ms: number): string {
  const seconds = Math.max(0, Math.round((Date.now() - epoch_ms) / 1000));
  return seconds < 60 ? `${seconds} s ago` : `${Math.floor(seconds / 60)} min ago`;
}
