/** Figures as people read them. */

/** @param {number} count */
export function formatCount(count) {
  return Math.round(count).toLocaleString('en-US');
}

/** @param {number} bytes */
export function formatBytes(bytes) {
  if (bytes < 1000) return `${bytes} B`;
  if (bytes < 1_000_000) return `${(bytes / 1000).toFixed(1)} kB`;
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}

/** @param {number} duration_ms */
export function formatDuration(duration_ms) {
  if (duration_ms < 10) return `${duration_ms.toFixed(2)} ms`;
  if (duration_ms < 1000) return `${duration_ms.toFixed(0)} ms`;
  return `${(duration_ms / 1000).toFixed(2)} s`;
}

/**
 * @param {number} count
 * @param {number} duration_ms
 */
export function formatRate(count, duration_ms) {
  return `${formatCount((count * 1000) / duration_ms)}/s`;
}

/** @param {number[]} figures */
export function median(figures) {
  const sorted = [...figures].sort((a, b) => a - b);
  return /** @type {number} */ (sorted[sorted.length >> 1]);
}
