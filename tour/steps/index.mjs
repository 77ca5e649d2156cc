/** The steps, in their order: each builds on the store as those before it left it. */
import { carry } from './carry.mjs';
import { compact } from './compact.mjs';
import { crash } from './crash.mjs';
import { damage } from './damage.mjs';
import { expire } from './expire.mjs';
import { importCities } from './import-cities.mjs';
import { range } from './range.mjs';
import { read } from './read.mjs';
import { transact } from './transact.mjs';
import { watch } from './watch.mjs';
/** @import { Step } from '../types.mjs' */

/** @type {readonly Step[]} */
export const steps = [
  { title: 'Writing: every city, durably', run: importCities },
  { title: 'Reading: synchronous, stable, frozen', run: read },
  { title: 'Ranges: keys in the order of Unicode', run: range },
  { title: 'Watching: told of each commit', run: watch },
  { title: 'Expiry: gone to the millisecond', run: expire },
  { title: 'Transactions: all or nothing', run: transact },
  { title: 'Compaction, and opening again', run: compact },
  { title: 'The crash: killed while it writes', run: crash },
  { title: 'Damage: an error, never a wrong value', run: damage },
  { title: 'The same data in every form', run: carry },
];
