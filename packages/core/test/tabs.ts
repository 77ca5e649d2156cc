/** Several stores on one log, as tabs share a database. */
import { expect } from 'vitest';
import { MemoryMedium, memoryLog, Store } from '../src/index.ts';
import { until } from './durable-stores.ts';
import { RandomDelays } from './random-delays.ts';

/** Opens `count` stores; what they ask of the medium takes them time, by chance. */
export async function tabs(
  count: number,
  seed = 1,
): Promise<{ medium: MemoryMedium; stores: Store[]; delays: RandomDelays }> {
  const medium = new MemoryMedium();
  const delays = new RandomDelays(seed);
  const stores: Store[] = [];
  for (let i = 0; i < count; i++) stores.push(await Store.open(delays.log(memoryLog(medium))));
  return { medium, stores, delays };
}

/** Waits until every store has taken in what the others wrote, and compares them with what the medium holds. */
export async function converged(medium: MemoryMedium, stores: readonly Store[]): Promise<Store> {
  for (const store of stores) await store.flush();
  const copy = await Store.open(memoryLog(medium));
  const data = Buffer.from(copy.toData());
  const wanted = { health: 'ok', pendingCommits: 0, seq: copy.stats().seq };
  await until(() => stores.every((store) => store.stats().seq === wanted.seq && data.equals(store.toData())));
  for (const store of stores) expect(store.stats()).toMatchObject(wanted);
  return copy;
}

/** Two of them. */
export async function pair(): Promise<{ medium: MemoryMedium; a: Store; b: Store }> {
  const { medium, stores } = await tabs(2);
  return { medium, a: stores[0] as Store, b: stores[1] as Store };
}

/** A compaction may give up when others write all the time; that is not an error here. */
export async function compacted(store: Store): Promise<void> {
  await store.compact().catch((error: { code?: string }) => expect(error.code).toBe('LOG_CONFLICT'));
}
