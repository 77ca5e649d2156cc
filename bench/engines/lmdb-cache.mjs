/** lmdb-js with its object cache, which gives an object to whoever asks again without decoding it again. */
import { lmdb } from './lmdb.mjs';

export const engine = lmdb('lmdb-cache', { cache: true });
