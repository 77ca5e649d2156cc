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
