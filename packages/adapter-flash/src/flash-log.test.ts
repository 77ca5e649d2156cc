import { Store } from '@isokv/core';
import { testLog } from '@isokv/core/testing';
import * as vitest from 'vitest';
import { bytesOf, made, put, putText, putVarint } from './device/bytes.ts';
import { LARGE } from './device/change.ts';
import { commit } from './device/commit.ts';
import { mount } from './device/mount.ts';
import { blankImage, flashLog, memoryFlash } from './index.ts';

const { describe, expect, it } = vitest;

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

  it('has one writer at a time', async () => {
    const device = memoryFlash(blankImage(4));
    const store = await Store.open(flashLog(device));
    await store.set('a', 1);
    await expect(Store.open(flashLog(device))).rejects.toMatchObject({ code: 'LOCKED' });
    expect((await Store.open(flashLog(device), { readOnly: true })).get('a')).toBe(1);
    await store.set('a', 2);
    await store.close();
    const next = await Store.open(flashLog(device));
    expect(next.get('a')).toBe(2);
  });

  it('reads no pieces after the first that a large value has lost, however many it says there are', async () => {
    const image = blankImage(4, 512);
    const log = flashLog(memoryFlash(image, { pageSize: 512 }));
    mount(memoryFlash(image, { pageSize: 512 }), Date.now);
    const large = made(() => {
      put(LARGE);
      putText('a');
      for (const figure of [2, 5, 1, 2 ** 52]) putVarint(figure); // tag, length, id, chunks
    });
    commit(bytesOf(large));
    await expect(Store.open(log)).rejects.toMatchObject({ code: 'CORRUPT' });
  });
});
