import type { Engine, Value } from '../engine.ts';

const PREFIX = 'benchmark:';

export function webStorage(): Engine {
  const set = (key: string, value: Value): undefined => {
    localStorage.setItem(PREFIX + key, JSON.stringify(value));
  };
  return {
    name: 'localStorage',
    open: async () => {},
    set,
    setAll(entries) {
      for (const [key, value] of entries) set(key, value);
      return undefined;
    },
    get(key) {
      const text = localStorage.getItem(PREFIX + key);
      return text === null ? undefined : JSON.parse(text);
    },
    startingWith(prefix) {
      return ownKeys()
        .filter((key) => key.startsWith(PREFIX + prefix))
        .map((key) => JSON.parse(localStorage.getItem(key) ?? 'null'));
    },
    close: async () => {},
    async remove() {
      for (const key of ownKeys()) localStorage.removeItem(key);
    },
  };
}

function ownKeys(): string[] {
  return Object.keys(localStorage).filter((key) => key.startsWith(PREFIX));
}
