import type { Cipher } from '../cipher.ts';
import type { Codec } from '../codec/codec.ts';
import { IsokvError } from '../errors.ts';
import type { Durability, LogCapabilities } from '../log/log.ts';
import { checkChoice, checkNames, invalidOption } from './check-arguments.ts';

/** Options of `new Store()` and `Store.fromData()`. Every duration is in milliseconds. */
export interface MemoryOptions {
  /** For values that JSON cannot carry; asked in order whether they accept an object. */
  readonly codecs?: readonly Codec[];
  /** Epoch milliseconds, for tests. Default: `Date.now`. */
  readonly now?: () => number;
  /** The most entries, over all namespaces. */
  readonly maxEntries?: number;
  /** The most bytes of keys and encoded values, over all namespaces. */
  readonly maxBytes?: number;
  /** What a write past a limit does: removes what was used longest ago, or throws LIMIT. Default: `refuse`. */
  readonly eviction?: 'lru' | 'refuse';
  /** The least time between two sweeps of expired entries. Default: 1,000. */
  readonly sweepInterval?: number;
}

/** Options of `Store.open()`. */
export interface StoreOptions extends MemoryOptions {
  /** Seals what is written. */
  readonly cipher?: Cipher;
  /** What an acknowledged write survives. Default: the strongest the log can promise. */
  readonly durability?: Durability;
  /** No writes: they throw READ_ONLY, and a missing log is not created. Default: false. */
  readonly readOnly?: boolean;
  /** Rejects with MISSING when there is no store yet. Default: false. */
  readonly mustExist?: boolean;
  /** Rejects with EXISTS when there is a store already. Default: false. */
  readonly mustNotExist?: boolean;
  /**
   * What becomes of a log that is damaged: `strict` rejects with CORRUPT, `salvage` opens with all that is intact,
   * puts that in its place, keeps the damaged log aside (in `stats().salvaged`), and tells what was lost. A log
   * in which nothing is intact stays CORRUPT. Default: `strict`.
   */
  readonly recovery?: 'strict' | 'salvage';
  /** Whether the log is rewritten by itself once garbage exceeds live bytes. Default: `auto`. */
  readonly compaction?: 'auto' | 'manual';
}

const NAMES = [
  'codecs',
  'now',
  'maxEntries',
  'maxBytes',
  'eviction',
  'sweepInterval',
  'cipher',
  'durability',
  'readOnly',
  'mustExist',
  'mustNotExist',
  'compaction',
  'recovery',
];

/** @throws INVALID_OPTION for a name that is none, or figures that cannot be */
export function checkOptions(options: StoreOptions): void {
  checkNames(options, NAMES);
  const {
    now = Date.now,
    maxEntries = 1,
    maxBytes = 1,
    sweepInterval = 1,
    eviction = 'refuse',
    compaction = 'auto',
    recovery = 'strict',
  } = options;
  for (const figure of [maxEntries, maxBytes, sweepInterval]) {
    if (!(figure > 0)) throw invalidOption('maxEntries, maxBytes and sweepInterval must be above 0');
  }
  checkChoice('eviction', eviction, ['lru', 'refuse']);
  checkChoice('compaction', compaction, ['auto', 'manual']);
  checkChoice('recovery', recovery, ['strict', 'salvage']);
  if (typeof now !== 'function') throw invalidOption('now must be a function');
  if (options.mustExist && options.mustNotExist)
    throw invalidOption('mustExist and mustNotExist exclude each other');
}

/** @throws UNSUPPORTED for a level that the log cannot promise */
export function durabilityOf(options: StoreOptions, capabilities: LogCapabilities): Durability {
  const { durability = capabilities.durability[0] ?? 'none' } = options;
  if (!capabilities.durability.includes(durability)) {
    const offered = capabilities.durability.join(', ');
    throw new IsokvError(
      'UNSUPPORTED',
      `${capabilities.name} cannot promise ${durability} durability, only ${offered}`,
    );
  }
  return durability;
}
