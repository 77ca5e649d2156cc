import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { killAll } from './child.mjs';

/**
 * A folder that is removed when the process ends, also on Ctrl-C.
 *
 * @param {string} parent
 */
export function temporaryFolder(parent) {
  const folder = mkdtempSync(join(parent, 'isokv-bench-'));
  process.on('exit', () => {
    killAll();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => process.exit(130));
  return folder;
}
