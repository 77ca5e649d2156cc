/** What all parts of a store share: its namespaces, its figures, and who is to be asked for what. */
import { ValueCodecs } from '../codec/values.ts';
import type { Log } from '../log/log.ts';
import { Access } from './access.ts';
import type { CommitQueue } from './commit-queue.ts';
import { type ChangeEvent, Events } from './events.ts';
import { Expirations } from './expirations.ts';
import { Limits } from './limits.ts';
import { LiveSpace } from './live-space.ts';
import { checkOptions, type StoreOptions } from './options.ts';
import { Slots } from './slots.ts';
import { NOTHING } from './space.ts';
import { Turn } from './turn.ts';

/** Something that must know of every change as it is made: an explicit transaction that is open. */
export interface Witness {
  /** `key` undefined: every key of the namespace. */
  onChange(namespace: string, key: string | undefined, origin: 'local' | 'remote'): void;
}

export class Core {
  readonly options: StoreOptions;
  readonly now: () => number;
  readonly events: Events = new Events();
  readonly spaces: Map<string, LiveSpace> = new Map();
  /** Those of them that were read since the last `guardReads`: it does not go through all for every transaction. */
  readonly unguarded: Set<LiveSpace> = new Set();
  readonly limits: Limits | undefined;
  readonly slots: Slots;
  readonly witnesses: Set<Witness> = new Set();
  readonly access: Access;
  readonly expirations: Expirations;
  readonly turn: Turn = new Turn(this);
  log: Log | undefined;
  queue: CommitQueue | undefined;
  /** The seq of the last commit made, durable or not. */
  seq = 0;
  /** Bytes of the run and of all commits since. */
  logBytes = 0;
  /** Those of the run only, which the next reader need not replay. */
  runBytes = 0;
  /** About how many bytes the live entries take: the sum of all tables, which keep it. */
  liveBytes = 0;

  constructor(options: StoreOptions) {
    checkOptions(options);
    this.options = options;
    this.now = options.now ?? Date.now;
    const isLimited = (options.maxEntries ?? options.maxBytes) !== undefined;
    this.limits = isLimited ? new Limits(options) : undefined;
    this.slots = new Slots(new ValueCodecs(options.codecs), !this.limits);
    this.access = new Access(options.readOnly === true, () => this.guardReads());
    this.expirations = new Expirations(this, options.sweepInterval ?? 1000);
  }

  space(name: string): LiveSpace {
    let space = this.spaces.get(name);
    if (!space) {
      space = new LiveSpace(this, name);
      this.spaces.set(name, space);
    }
    return space;
  }

  /** Ends all use of the store. */
  closeReads(): void {
    this.expirations.stop();
    this.access.closeReads();
  }

  /** Sends every read through `find` again. Must follow whenever a table has a new overlay, or reads are refused. */
  guardReads(): void {
    for (const space of this.unguarded) space.fast = NOTHING;
    this.unguarded.clear();
  }

  /** A change has been made: tells witnesses at once, and adds it to `changes` if there are listeners to be told later. */
  note(
    changes: ChangeEvent[],
    type: ChangeEvent['type'],
    namespace: string,
    key: string,
    origin?: 'remote',
  ): void {
    if (this.events.observed) changes.push({ type, namespace, key });
    this.tellWitnesses(namespace, type === 'clear' ? undefined : key, origin);
  }

  tellWitnesses(namespace: string, key: string | undefined, origin: 'local' | 'remote' = 'local'): void {
    if (this.witnesses.size === 0) return; // As mostly: a loop over nothing takes longer.
    for (const witness of this.witnesses) witness.onChange(namespace, key, origin);
  }

  /** Removes what has expired. @returns how many entries went */
  expireDue(): number {
    return this.expirations.removeDue();
  }
}
