/** What a log asks of its runtime. Looked up when a log is opened: importing this package does nothing anywhere. */

export type Channel = Pick<BroadcastChannel, 'postMessage' | 'close'>;

export interface Environment {
  readonly indexedDB: IDBFactory | undefined;
  readonly localStorage: Storage | undefined;
  readonly locks: LockManager | undefined;
  /** What `navigator.storage.estimate()` tells, in bytes. */
  estimate(): Promise<StorageEstimate>;
  /** Undefined where there is no BroadcastChannel: then tabs learn of each other when they write. */
  channel(name: string, onMessage: (message: unknown) => void): Channel | undefined;
  /** Calls back when the page may have slept: it becomes visible, is resumed, or comes out of the back/forward cache. */
  onWake(listener: () => void): () => void;
  /** Whether it is a page that is seen, which does not sleep. */
  isSeen(): boolean;
  /** Calls back when it is seen no more, before it may sleep or go into the back/forward cache. */
  onHidden(listener: () => void): () => void;
  /** Calls back when the page may be about to go: it answers no more after this. */
  onExit(listener: () => void): () => void;
  /** Calls back when another page has changed localStorage, with the key. */
  onStorage(listener: (key: string | null) => void): () => void;
}

export function browser(): Environment {
  return {
    indexedDB: global('indexedDB'),
    localStorage: global('localStorage'),
    locks: global('navigator')?.locks,
    estimate: async () => (await global('navigator')?.storage?.estimate?.()) ?? {},
    channel(name, onMessage) {
      const Constructor = global('BroadcastChannel');
      const channel = Constructor && new Constructor(name);
      if (channel) channel.onmessage = ({ data }) => onMessage(data);
      return channel;
    },
    isSeen,
    onWake: (listener) =>
      all([
        listen('document', 'visibilitychange', () => isSeen() && listener()),
        listen('document', 'resume', listener),
        listen('window', 'pageshow', listener),
      ]),
    onHidden: (listener) => listen('document', 'visibilitychange', () => isSeen() || listener()),
    onExit: (listener) => onPageEnd(listener),
    onStorage: (listener) => listen('window', 'storage', (event) => listener((event as StorageEvent).key)),
  };
}

function isSeen(): boolean {
  return global('document')?.visibilityState === 'visible';
}

/** Firefox ends the script that runs when it closes a tab, in the middle, but only once: what was not done is done by the second of two. */
function onPageEnd(listener: () => void): () => void {
  let done: Event | undefined;
  const once = (event: Event): void => {
    if (event === done) return;
    listener();
    done = event;
  };
  return all([true, false].map((capture) => listen('window', 'pagehide', once, capture)));
}

/** Listens to a page. In a worker there is none. */
function listen(
  to: 'document' | 'window',
  type: string,
  listener: (event: Event) => void,
  capture = false,
): () => void {
  const page = global('document');
  const target = to === 'window' && page ? globalThis : page;
  target?.addEventListener(type, listener, capture);
  return () => target?.removeEventListener(type, listener, capture);
}

function all(stops: readonly (() => void)[]): () => void {
  return () => {
    for (const stop of stops) stop();
  };
}

/** A global by its name, if there is one. Where site data is blocked, or a frame has no origin, a look at it throws. */
function global<Name extends keyof typeof globalThis>(name: Name): (typeof globalThis)[Name] | undefined {
  try {
    return globalThis[name];
  } catch {
    return undefined; // A SecurityError: for us the same as absent, and open() says so.
  }
}
