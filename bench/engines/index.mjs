/** @import { Engine } from '../types.mjs' */

/** @type {Record<string, () => Promise<{ engine: Engine }>>} Each is loaded only in the process that measures it. */
export const engines = {
  isokv: () => import('./isokv.mjs'),
  map: () => import('./map.mjs'),
  json: () => import('./json.mjs'),
  checksum: () => import('./checksum.mjs'),
  'append-loop': () => import('./append-loop.mjs'),
  lmdb: () => import('./lmdb.mjs'),
  'lmdb-cache': () => import('./lmdb-cache.mjs'),
  'classic-level': () => import('./classic-level.mjs'),
};
