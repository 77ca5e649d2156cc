/** Media in memory that can be copied as a crash would leave them. */
import {
  type Document,
  documentLog,
  type LogCapabilities,
  MemoryMedium,
  memoryLog,
} from '../../packages/core/src/index.ts';
import type { Medium } from './driver.ts';

export function memory(medium: MemoryMedium = new MemoryMedium()): Medium {
  return {
    log: () => memoryLog(medium),
    copy: () => {
      const copy = new MemoryMedium();
      copy.parts = medium.parts.map((part) => part.slice());
      copy.base = medium.base;
      copy.end = medium.end;
      return memory(copy);
    },
  };
}

const capabilities: LogCapabilities = {
  name: 'document',
  durability: ['strict'],
  shared: false,
  persistent: true,
  readers: true,
  syncAppend: false,
};

/** A whole-state target whose writes take a turn of the event loop: meanwhile commits wait for one another. */
export function inDocument(content?: Uint8Array): Medium {
  let bytes = content;
  const document: Document = {
    read: async () => bytes && { bytes: bytes.slice() },
    write: async (next) => {
      const taken = next.slice();
      await new Promise((resolve) => setImmediate(resolve));
      bytes = taken;
      return {};
    },
    remove: async () => {
      bytes = undefined;
    },
  };
  return { log: () => documentLog(document, capabilities), copy: () => inDocument(bytes?.slice()) };
}
