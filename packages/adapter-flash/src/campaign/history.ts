/** A flash as sessions of both faces have written it, with every state that it was in on the way. */
import { Store } from '@isokv/core';
import { Random } from '@isokv/core/testing';
import { open } from '../../test/whole.ts';
import { blankImage, memoryFlash } from '../devices/memory-flash.ts';
import { flashLog } from '../flash-log.ts';
import type { Geometry } from '../testing/simulated-flash.ts';
import { apply, drawOperation, type Operation } from './workload.ts';

/** Nothing expires: what is read depends on the bytes alone. */
export const now = (): number => Date.UTC(2026, 0);

export interface History {
  readonly geometry: Geometry;
  /** The flash after each operation; the last one is as it was left. */
  readonly images: readonly Uint8Array[];
  /** What it held then, as `toData()` in hex: written by a store in memory, which knows nothing of flash. */
  readonly contents: ReadonlySet<string>;
}

export async function historyOf(seed: number): Promise<History> {
  const random = new Random(seed);
  const geometry: Geometry = {
    pageSize: random.pick([256, 512, 512, 1024]),
    pageCount: 3 + random.below(6),
    programUnit: random.pick([4, 8, 16] as const),
  };
  const image = blankImage(geometry.pageCount, geometry.pageSize);
  const truth = new Store({ now });
  const images = [image.slice()];
  const contents = new Set([hex(truth.toData())]);
  for (let session = 1 + random.below(4); session > 0; session--) {
    const operations = Array.from({ length: random.pick([2, 10, 40]) }, () => {
      const { puts, deletes } = drawOperation(random, geometry);
      return { puts: puts.map(({ ttl, ...put }) => put), deletes };
    });
    const index = random.pick([0, 100]);
    const write = random.below(3) === 0 ? await byLog(image, geometry) : byDevice(image, geometry, index);
    for (const operation of operations) {
      if (await isRefused(() => write.apply(operation))) continue;
      await transact(truth, operation);
      images.push(image.slice());
      contents.add(hex(truth.toData()));
      if (random.below(12) === 0) await isRefused(write.tidy);
    }
    images.push(image.slice());
  }
  return { geometry, images, contents };
}

interface Writer {
  apply(operation: Operation): unknown;
  tidy(): unknown;
}

function byDevice(image: Uint8Array, geometry: Geometry, index: number): Writer {
  const store = open(memoryFlash(image, geometry), { now, index });
  return { apply: (operation) => apply(store, operation), tidy: () => store.collect(1) };
}

async function byLog(image: Uint8Array, geometry: Geometry): Promise<Writer> {
  const store = await Store.open(flashLog(memoryFlash(image, geometry)), { now });
  let isOver = false;
  return {
    async apply(operation) {
      // After a refusal the store keeps what was refused, to write it later: so its session ends.
      if (isOver) throw Object.assign(new Error('over'), { code: 'ENOSPC' });
      isOver = true;
      await transact(store, operation);
      isOver = false;
    },
    tidy: () => store.compact(),
  };
}

function transact(store: Store, { puts, deletes }: Operation): Promise<void> {
  return store.transaction((transaction) => {
    for (const { namespace, key, value } of puts) transaction.namespace(namespace).set(key, value);
    for (const { namespace, key } of deletes) transaction.namespace(namespace).delete(key);
  });
}

async function isRefused(work: () => unknown): Promise<boolean> {
  try {
    await work();
    return false;
  } catch (error) {
    if ((error as { code?: string }).code === 'ENOSPC') return true;
    throw error;
  }
}

export function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
