import { createNanoEvents, type Emitter, type Unsubscribe } from 'nanoevents';
import type { Bounds } from '../table/bounds.ts';
import { isWithin } from '../table/bounds.ts';
import { checkChoice, checkFunction } from './check-arguments.ts';

/** A change as listeners see it. `clear` says that every entry of the namespace went. */
export interface ChangeEvent<K = string> {
  readonly type: 'put' | 'delete' | 'clear' | 'expire' | 'evict';
  readonly namespace: string;
  /** Empty for `clear`. */
  readonly key: K;
}

export interface CommitEvent {
  readonly seq: number;
  /** Whether this store wrote it, or another writer of the same log. */
  readonly origin: 'local' | 'remote';
  readonly changes: readonly ChangeEvent[];
}

export interface HealthEvent {
  /** `degraded`: writes are kept in memory only, until one succeeds in rewriting the log. */
  readonly status: 'ok' | 'degraded';
  readonly error?: unknown;
}

export interface StoreEvents {
  /** A commit, as soon as it is visible; before it is durable. */
  change: (event: CommitEvent) => void;
  /** An entry has expired and been removed. */
  expire: (event: { readonly namespace: string; readonly key: string }) => void;
  /** An entry was removed to stay within the limits, by a commit that is visible now. */
  evict: (event: { readonly namespace: string; readonly key: string }) => void;
  /** A write or a compaction has failed. While there is a listener, failed promises are not also unhandled. */
  error: (error: unknown) => void;
  health: (event: HealthEvent) => void;
}

export type WatchListener<K = string> = (changes: readonly ChangeEvent<K>[]) => void;

interface Watcher {
  readonly namespace: string;
  /** One key, or the bounds of a range. */
  readonly target: string | Bounds;
  readonly listener: WatchListener;
}

const NAMES: readonly (keyof StoreEvents)[] = ['change', 'expire', 'evict', 'error', 'health'];

/** Listeners of a store: its events, and watchers of keys and ranges. A listener that throws stops no other. */
export class Events {
  readonly #emitter: Emitter<StoreEvents> = createNanoEvents<StoreEvents>();
  readonly #watchers: Set<Watcher> = new Set();

  on<Name extends keyof StoreEvents>(name: Name, listener: StoreEvents[Name]): Unsubscribe {
    checkChoice('the event', name, NAMES);
    checkFunction('the listener', listener);
    let active = true; // What one listener ends is not called after it, though it was there when the event came.
    const own = (event: never): void => void (active && call(listener as (event: never) => void, event));
    const end = this.#emitter.on(name, own as StoreEvents[Name]);
    return () => {
      active = false;
      end();
    };
  }

  has(name: keyof StoreEvents): boolean {
    return (this.#emitter.events[name]?.length ?? 0) > 0;
  }

  /** Whether anybody wants to know which keys changed. */
  get observed(): boolean {
    return this.#watchers.size > 0 || this.has('change') || this.has('evict');
  }

  emit<Name extends keyof StoreEvents>(name: Name, event: Parameters<StoreEvents[Name]>[0]): void {
    this.#emitter.emit(name, ...([event] as Parameters<StoreEvents[Name]>));
  }

  watch(namespace: string, target: string | Bounds, listener: WatchListener): Unsubscribe {
    const watcher = { namespace, target, listener };
    this.#watchers.add(watcher);
    return () => void this.#watchers.delete(watcher);
  }

  /** Tells of changes that can be read by now: those of a commit, or what has expired. Never in the middle of a transaction. */
  announce(changes: readonly ChangeEvent[], commit?: Pick<CommitEvent, 'seq' | 'origin'>): void {
    if (changes.length === 0) return;
    for (const change of changes)
      if (change.type === 'evict' || change.type === 'expire') this.emit(change.type, change);
    if (commit) this.emit('change', { ...commit, changes });
    // Each watcher is called once, with those of the changes that touch what it watches.
    for (const watcher of [...this.#watchers]) {
      if (!this.#watchers.has(watcher)) continue; // One called before has ended it.
      const seen = changes.filter((change) => touches(change, watcher));
      if (seen.length > 0) call(watcher.listener, seen);
    }
  }
}

function touches({ namespace, type, key }: ChangeEvent, { namespace: watched, target }: Watcher): boolean {
  if (namespace !== watched) return false;
  if (type === 'clear') return true;
  return typeof target === 'string' ? key === target : isWithin(key, target);
}

/** A listener's error is its author's: it is reported as uncaught, and the others are still called. */
function call<T>(listener: (argument: T) => void, argument: T): void {
  try {
    listener(argument);
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}
