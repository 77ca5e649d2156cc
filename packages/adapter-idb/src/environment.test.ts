import { afterEach, expect, test, vi } from 'vitest';
import { browser } from './environment.ts';

afterEach(() => {
  vi.unstubAllGlobals();
});

test('the end of a page is told once, and again when the first telling did not come to its end', () => {
  const listeners: ((event: object) => void)[] = [];
  vi.stubGlobal('document', {});
  vi.stubGlobal('addEventListener', (_: string, listener: () => void) => listeners.push(listener));
  vi.stubGlobal('removeEventListener', (_: string, listener: () => void) => {
    listeners.splice(listeners.indexOf(listener), 1);
  });
  let told = 0;
  let isEnded = true;
  const stop = browser().onExit(() => {
    if (isEnded) throw new Error('in the middle');
    told++;
  });
  const [first, second, ...more] = listeners;
  expect(more).toEqual([]);

  const event = {};
  expect(() => first?.(event)).toThrow('in the middle');
  isEnded = false;
  second?.(event);
  expect(told).toBe(1);

  // The page came back, and goes again.
  const again = {};
  first?.(again);
  second?.(again);
  expect(told).toBe(2);

  stop();
  expect(listeners).toEqual([]);
});

test('importing looks at nothing of a browser: it is harmless where that is not there, or forbidden', async () => {
  const names = [
    ...['indexedDB', 'IDBKeyRange', 'localStorage', 'sessionStorage', 'navigator', 'crypto', 'location'],
    ...['document', 'window', 'BroadcastChannel', 'addEventListener'],
  ];
  const before = names.map((name) => Object.getOwnPropertyDescriptor(globalThis, name));
  const looked: string[] = [];
  const set = (): void => undefined;
  vi.resetModules();
  try {
    for (const name of names)
      Object.defineProperty(globalThis, name, { configurable: true, get: () => looked.push(name), set });
    await import('./index.ts');
  } finally {
    for (const [at, name] of names.entries()) {
      Reflect.deleteProperty(globalThis, name);
      if (before[at]) Object.defineProperty(globalThis, name, before[at]);
    }
  }
  expect(looked).toEqual([]);
});
