/** What the campaign has found, each as a test of its own. */
import { Store } from '@isokv/core';
import { expect, test } from 'vitest';
import { fileLog } from './file-log.ts';
import { HostileFileSystem } from './testing/hostile/hostile-file-system.ts';

const PATH = '/a.isokv';
const open = (fs: HostileFileSystem) => Store.open(fileLog(PATH, { fs, onWarning: () => undefined }));
const SEEDS = Array.from({ length: 300 }, (_, seed) => seed);

test('what a killed process had not synced is on the medium before the next one writes after it', async () => {
  const fs = new HostileFileSystem();
  const first = await open(fs);
  await first.set('acknowledged', 1);
  let killed: HostileFileSystem | undefined;
  fs.after = ({ operation, path }) => {
    if (operation === 'writev' && path === PATH) killed ??= fs.afterKill();
  };
  await first.set('written', 'x'.repeat(1000));
  fs.halt();

  const world = killed as HostileFileSystem;
  const second = await open(world);
  expect([...second.keys()]).toEqual(['acknowledged', 'written']);
  const left: HostileFileSystem[] = [];
  world.before = ({ operation }) => {
    if (operation === 'fdatasync') for (const seed of SEEDS) left.push(world.afterPowerLoss('some', seed));
    return undefined;
  };
  await second.set('later', 3);
  world.halt();
  expect(left.length).toBeGreaterThanOrEqual(SEEDS.length);
  for (const each of left) expect((await open(each)).get('acknowledged')).toBe(1);
});

test('what fails while a compaction goes on is in what it writes', async () => {
  let failures = 0;
  for (let turns = 0; turns < 12; turns++) {
    const fs = new HostileFileSystem();
    const store = await open(fs);
    store.on('error', () => undefined);
    await store.set('a', 1);
    const turn = () => new Promise<void>((resolve) => void setImmediate(resolve));
    fs.before = async () => {
      await turn();
      return undefined;
    };
    const compaction = store.compact();
    for (let i = 0; i < turns; i++) await turn();
    fs.fail({ operation: 'fdatasync', path: PATH, how: 'EIO' });
    await store.set('b', 2).catch(() => failures++);
    await compaction;
    expect(store.stats().health).toBe('ok');
    await store.set('c', 3).catch(() => failures++);
    await store.close();
    expect(await keysOf(fs)).toEqual(['a', 'b', 'c']);
  }
  expect(failures).toBeGreaterThan(3);
});

async function keysOf(fs: HostileFileSystem): Promise<string[]> {
  const store = await open(fs);
  const keys = [...store.keys()];
  await store.close();
  return keys;
}

test('a compaction of which nobody knows whether it has happened is made again by the next write', async () => {
  const fs = new HostileFileSystem();
  const store = await open(fs);
  const health: string[] = [];
  store.on('health', ({ status }) => health.push(status));
  await store.set('a', 1);
  fs.fail({ operation: 'syncDirectory', how: 'EIO' });
  await expect(store.compact()).rejects.toMatchObject({ code: 'IO' });
  await store.set('b', 2);
  expect(health).toEqual(['degraded', 'ok']);
  const left = fs.afterPowerLoss('nothing');
  fs.halt();
  expect([...(await open(left)).entries()]).toEqual([
    ['a', 1],
    ['b', 2],
  ]);
});
