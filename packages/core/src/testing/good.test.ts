/** Logs that are as they should be pass everything. */
import * as vitest from 'vitest';
import { MemoryMedium, memoryBytes, memoryLog } from '../log/memory-log.ts';
import { bytesHarness, documentHarness, exclusiveHarness, keptIn } from './mutants/media.ts';
import { testByteLog } from './test-byte-log.ts';
import { testDocument } from './test-document.ts';
import { testLog } from './test-log.ts';

const { describe } = vitest;

describe('memoryLog', () => {
  testLog(vitest, {
    capabilities: memoryLog().capabilities,
    create() {
      const medium = new MemoryMedium();
      return { handle: () => memoryLog(medium) };
    },
  });
});

describe('memoryBytes', () => {
  testByteLog(vitest, {
    capabilities: memoryBytes().capabilities,
    create() {
      const memory = new MemoryMedium();
      return { memory, handle: () => memoryBytes(memory) };
    },
    aside({ memory }, name) {
      const kept = keptIn(memory, name);
      return { memory: kept, handle: () => memoryBytes(kept) };
    },
  });
});

describe('bytes that survive a crash', () => testByteLog(vitest, bytesHarness()));

describe('bytes of one handle at a time', () => testByteLog(vitest, exclusiveHarness()));

describe('a document with versions', () => testDocument(vitest, documentHarness({ versions: true })));

describe('a document without versions', () => testDocument(vitest, documentHarness({ versions: false })));
