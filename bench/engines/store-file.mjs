import { join } from 'node:path';

/**
 * Where in its folder the isokv engine keeps its file.
 *
 * @param {string} folder
 */
export function storeFile(folder) {
  return join(folder, 'store.isokv');
}
