import type { Cipher } from '../cipher.ts';
import type { Codec } from '../codec/codec.ts';
import { IsokvError } from '../errors.ts';
import type { Durability, LogCapabilities } from '../log/log.ts';
import {
  checkChoice,
  checkFunction,
  checkList,
  checkMethods,
  checkNames,
  invalidOption,
} from './check-arguments.ts';

/** Options of `new Store()` and `Store.fromData()`. Every duration is in milliseconds. */
export interface MemoryOptions {
  /** For values that JSON cannot carry; asked in order whether they accept an object. */
  readonly codecs?: readonly Codec[] | undefined;
  /** Epoch milliseconds, for tests. Default: `Date.now`. */
  readonly now?: (() => number) | undefined;
  /** The most entries, over all namespaces. */
  readonly maxEntries?: number | undefined;
  /** The most bytes of keys and encoded values, over all namespaces. */
  readonly maxBytes?: number | undefined;
  /** What a write past a limit does: removes what was used longest ago, or throws LIMIT. Default: `refuse`. */
  readonly eviction?: 'lru' | 'refuse' | undefined;
  /** The least time between two sweeps of expired entries. Default: 1,000. */
  readonly sweepInterval?: number | undefined;
}

/** Options of `Store.open()`. */
export interface StoreOptions extends MemoryOptions {
  /** Seals what is written. */
  readonly cipher?: Cipher | undefined;
  /** What an acknowledged write survives. Default: the strongest the log can promise. */
  readonly durability?: Durability | undefined;
  /** No writes: they throw READ_ONLY, and a missing log is not created. Default: false. */
  readonly readOnly?: boolean | undefined;
  /** Rejects with MISSING when there is no store yet. Default: false. */
  readonly mustExist?: boolean | undefined;
  /** Rejects with EXISTS when there is a store already. Default: false. */
  readonly mustNotExist?: boolean | undefined;
  /**
   * What becomes of a log that is damaged: `strict` rejects with CORRUPT, `salvage` opens with all that is intact,
   * puts that in its place, keeps the damaged log aside (in `stats().salvaged`), and tells what was lost. A log
   * in which nothing is intact stays CORRUPT. Default: `strict`.
   */
  readonly recovery?: 'strict' | 'salvage' | undefined;
  /**
   * Whether the log is rewritten by itself: as soon as garbage exceeds live bytes, and ten seconds after what the
   * next opening must replay has come to exceed the run, and 4 MiB. Closing gives such a compaction up. Default: `auto`.
   */
  readonly compaction?: 'auto' | 'manual' | undefined;
}

const isSwitch = oneOf(true, false);

/** What an option must be, where that is more than the log or its first use finds out. */
const OPTIONS: Record<keyof StoreOptions, ((name: string, value: unknown) => void) | undefined> = {
  codecs: checkList,
  now: checkFunction,
  maxEntries: checkFigure,
  maxBytes: checkFigure,
  eviction: oneOf('lru', 'refuse'),
  sweepInterval: checkFigure,
  cipher: (_, value) => checkMethods('a cipher', value, ['start']),
  durability: undefined,
  readOnly: isSwitch,
  mustExist: isSwitch,
  mustNotExist: isSwitch,
  compaction: oneOf('auto', 'manual'),
  recovery: oneOf('strict', 'salvage'),
};

/** @throws INVALID_OPTION for a name that is none, or a value that cannot be */
export function checkOptions(options: StoreOptions): void {
  checkNames(options, Object.keys(OPTIONS));
  for (const [name, value] of Object.entries(options))
    if (value !== undefined) OPTIONS[name as keyof StoreOptions]?.(name, value);
  if (options.mustExist && options.mustNotExist)
    throw invalidOption('give one of mustExist and mustNotExist');
}

function checkFigure(name: string, value: unknown): void {
  if (typeof value !== 'number' || !(value > 0)) throw invalidOption(`${name} must be a number above 0`);
}
function oneOf(...choices: readonly unknown[]): (name: string, value: unknown) => void {
  return (name, value) => checkChoice(name, value, choices);
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
