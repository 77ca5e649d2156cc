/** Figures as the page shows them. */

const counts = new Intl.NumberFormat('en');

export function formatCount(count: number): string {
  return counts.format(count);
}

/** `1 entry`, `2 entries`. */
export function countOf(count: number, singular: string, plural = `${singular}s`): string {
  return `${formatCount(count)} ${count === 1 ? singular : plural}`;
}

export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  if (bytes < 1e6) return `${(bytes / 1e3).toFixed(1)} KB`;
  if (bytes < 1e9) return `${(bytes / 1e6).toFixed(1)} MB`;
  return `${(bytes / 1e9).toFixed(1)} GB`;
}

export function formatDuration(duration_ms: number): string {
  if (duration_ms < 0.1) return `${(duration_ms * 1000).toFixed(1)} µs`;
  if (duration_ms < 10) return `${duration_ms.toFixed(2)} ms`;
  if (duration_ms < 1000) return `${duration_ms.toFixed(0)} ms`;
  return `${(duration_ms / 1000).toFixed(1)} s`;
}

/** What is left until an entry expires. */
export function formatLeft(left_ms: number): string {
  const seconds = Math.ceil(left_ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
}

/** An error as it is shown: its stable code, where it has one, and what it says. */
export function describeError(error: unknown): { code: string; message: string } {
  if (!(error instanceof Error)) return { code: 'ERROR', message: String(error) };
  const { code, offset } = error as { code?: unknown; offset?: unknown };
  const place =
    typeof offset === 'number' && !error.message.includes(String(offset))
      ? ` (at byte ${formatCount(offset)})`
      : '';
  return { code: typeof code === 'string' ? code : error.name, message: error.message + place };
}
