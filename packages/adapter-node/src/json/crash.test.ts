/** Power loss and kills at every operation: what was acknowledged is there, and nothing of it in part. */
import { type Log, Store } from '@isokv/core';
import { expect, test } from 'vitest';
import { HostileFileSystem } from '../testing/hostile/hostile-file-system.ts';
import { jsonFile } from './json-file.ts';

const PATH = '/data/a.json';
const KEEPS = ['nothing', 'some', 'everything'] as const;
/** For a longer campaign: ISOKV_JSON_CRASH_SEEDS=100 npx vitest run --project adapter-node json/crash */
const SEEDS = Number(process.env.ISOKV_JSON_CRASH_SEEDS ?? 2);

function newWorld(): HostileFileSystem {
  const fs = new HostileFileSystem();
  fs.makeFolder('/data');
  return fs;
}

function logOn(fs: HostileFileSystem): Log {
  return jsonFile(PATH, { fs, onWarning: (warning) => expect(warning).toBeUndefined() });
}

/** Opens, writes, compacts, closes, opens again and writes on. `acknowledged`: the last n that was. */
async function life(fs: HostileFileSystem, progress: { acknowledged: number; begun: number }): Promise<void> {
  for (const session of [0, 1]) {
    const store = await Store.open(logOn(fs));
    expect(store.get('n') ?? 0).toBe(session * 3);
    for (let n = session * 3 + 1; n <= session * 3 + 3; n++) {
      progress.begun = n;
      await Promise.all([store.set('n', n), store.set(`key ${n}`, 'x'.repeat(n * 300))]);
      progress.acknowledged = n;
    }
    await store.compact();
    await store.close();
  }
}

async function check(
  left: HostileFileSystem,
  progress: { acknowledged: number; begun: number },
): Promise<void> {
  const { acknowledged, begun } = progress;
  const store = await Store.open(logOn(left));
  const n = (store.get('n') as number | undefined) ?? 0;
  expect(n).toBeGreaterThanOrEqual(acknowledged);
  expect(n).toBeLessThanOrEqual(begun);
  expect(store.size).toBe(n === 0 ? 0 : n + 1);
  for (let i = 1; i <= n; i++) expect(store.get(`key ${i}`)).toBe('x'.repeat(i * 300));
  await store.set('after', 1);
  await store.close();
  const rest = left.namesIn('/data').filter((name) => !/^a\.json(\.bak)?$/.test(name));
  // Those of this process, which is taken for alive.
  for (const name of rest) expect(name).toMatch(/\.tmp$/);
  const again = await Store.open(logOn(left));
  expect(again.get('after')).toBe(1);
  await again.close();
}

test('crashed between any two operations it has what was acknowledged', async () => {
  const images: Promise<void>[] = [];
  const fs = newWorld();
  const progress = { acknowledged: 0, begun: 0 };
  let operations = 0;
  const crash = (): void => {
    const then = { ...progress };
    for (const keep of KEEPS) {
      for (let seed = 1; seed <= (keep === 'some' ? SEEDS : 1); seed++)
        images.push(check(fs.afterPowerLoss(keep, operations * 1000 + seed), then));
    }
    images.push(check(fs.afterKill(), then));
  };
  fs.before = (call) => {
    crash();
    operations++;
    if (call.operation === 'writev') images.push(check(fs.afterKill(call, operations), { ...progress }));
    return undefined;
  };
  await life(fs, progress);
  crash();
  await Promise.all(images);
  expect(progress.acknowledged).toBe(6);
  expect(operations).toBeGreaterThan(100);
  expect(images.length).toBeGreaterThan(operations * (3 + SEEDS));
}, 60_000);

test('a disk that is full changes nothing, and leaves nothing behind', async () => {
  const fs = new HostileFileSystem({ capacityBytes: 2000 });
  fs.makeFolder('/data');
  const store = await Store.open(logOn(fs));
  await store.set('a', 1);
  const before = Buffer.from(fs.contentOf(PATH) as Uint8Array).toString();
  await expect(store.set('b', 'x'.repeat(3000))).rejects.toMatchObject({ code: 'IO' });
  expect(Buffer.from(fs.contentOf(PATH) as Uint8Array).toString()).toBe(before);
  expect(fs.namesIn('/data')).toEqual(['a.json', 'a.json.bak']);
  await store.delete('b');
  await store.close();
});
