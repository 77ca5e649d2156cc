/** What a log asks of its runtime. Looked up when a log is opened: importing this package does nothing anywhere. */

export interface Channel {
  post(message: unknown): void;
  close(): void;
}

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
      if (!Constructor) return undefined;
      const channel = new Constructor(name);
      channel.onmessage = ({ data }) => onMessage(data);
      return { post: (message) => channel.postMessage(message), close: () => channel.close() };
    },
    isSeen,
    onWake(listener) {
      const forget = [
        onPage('visibilitychange', () => isSeen() && listener()),
        onPage('resume', listener),
        onWindow('pageshow', listener),
      ];
      return () => {
        for (const each of forget) each();
      };
    },
    onHidden: (listener) => onPage('visibilitychange', () => isSeen() || listener()),
    onExit: (listener) => onPageEnd(listener),
    onStorage: (listener) => onWindow('storage', ({ key }) => listener(key)),
  };
}

function isSeen(): boolean {
  return global('document')?.visibilityState === 'visible';
}

/** Listens to a page's document. In a worker there is none. */
function onPage(type: string, listener: () => void): () => void {
  const page = global('document');
  page?.addEventListener(type, listener);
  return () => page?.removeEventListener(type, listener);
}

/** Firefox ends the script that runs when it closes a tab, in the middle, but only once: what was not done is done by the second of two. */
function onPageEnd(listener: () => void): () => void {
  let done: Event | undefined;
  const once = (event: Event): void => {
    if (event === done) return;
    listener();
    done = event;
  };
  const stops = [true, false].map((capture) => onWindow('pagehide', once, capture));
  return () => {
    for (const stop of stops) stop();
  };
}

/** Listens to a page's window. In a worker there is none. */
function onWindow<Type extends 'pagehide' | 'pageshow' | 'storage'>(
  type: Type,
  listener: (event: WindowEventMap[Type]) => void,
  capture = false,
): () => void {
  const target = global('document') && globalThis;
  target?.addEventListener(type, listener, capture);
  return () => target?.removeEventListener(type, listener, capture);
}

/** A global by its name, if there is one. Where site data is blocked, or a frame has no origin, a look at it throws. */
function global<Name extends keyof typeof globalThis>(name: Name): (typeof globalThis)[Name] | undefined {
  try {
    return globalThis[name];
  } catch {
    return undefined; // A SecurityError: for us the same as absent, and open() says so.
  }
}
