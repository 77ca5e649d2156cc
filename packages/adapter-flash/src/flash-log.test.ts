import { testLog } from '@isokv/core/testing';
import * as vitest from 'vitest';
import { blankImage, flashLog, memoryFlash } from './index.ts';

const { describe } = vitest;

interface FlashMedium {
  image: Uint8Array;
  handle(): ReturnType<typeof flashLog>;
}

function mediumOf(image: Uint8Array): FlashMedium {
  return { image, handle: () => flashLog(memoryFlash(image, { pageSize: 16384 })) };
}

describe('flashLog', () => {
  testLog<FlashMedium>(vitest, {
    capabilities: { name: 'flash', durability: ['strict'], shared: false, persistent: true },
    create: () => mediumOf(blankImage(1024, 16384)),
    maxKeyBytes: 2000,
    crash: (medium) => mediumOf(medium.image.slice()),
  });
});
