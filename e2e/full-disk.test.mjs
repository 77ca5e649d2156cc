/** A disk that is full: a small one of its own where that can be mounted, else one that is full by injection. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HostileFileSystem } from '@isokv/adapter-node/testing';
import { fileLog, Store } from 'isokv';
import { afterAll, expect, test } from 'vitest';

const DISK_BYTES = 2 * 1024 * 1024;
const BALLAST_BYTES = 1536 * 1024;
const VALUE = 'x'.repeat(10_000);

const folder = mkdtempSync(join(tmpdir(), 'isokv-full-'));
const isMounted =
  spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_BYTES}`, 'tmpfs', folder]).status === 0;
if (!isMounted)
  process.stdout.write('NOT MOUNTED: no disk of its own here, one in memory is filled instead\n');
afterAll(() => {
  if (isMounted) spawnSync('umount', [folder]);
  rmSync(folder, { recursive: true, force: true });
});

function disk() {
  if (isMounted) {
    return {
      log: () => fileLog(join(folder, 'store')),
      fill: () => writeFileSync(join(folder, 'ballast'), Buffer.alloc(BALLAST_BYTES, 1)),
      free: () => unlinkSync(join(folder, 'ballast')),
    };
  }
  const fs = new HostileFileSystem({ capacityBytes: DISK_BYTES });
  return {
    log: () => fileLog('/store', { fs }),
    fill: () => fs.put('/ballast', new Uint8Array(BALLAST_BYTES)),
    free: () => fs.unlink('/ballast'),
  };
}

test('what was acknowledged before it was full is there, and writing goes on when there is room again', async () => {
  const { log, fill, free } = disk();
  fill();
  const store = await Store.open(log(), { compaction: 'manual' });
  store.on('error', () => undefined);
  let acknowledged = 0;
  /** @type {any} */
  let refusal;
  while (!refusal) {
    await store.set(`k${acknowledged + 1}`, VALUE).then(
      () => acknowledged++,
      (error) => {
        refusal = error;
      },
    );
  }
  expect(acknowledged).toBeGreaterThan(10);
  expect(refusal).toMatchObject({ code: 'IO', message: expect.stringContaining('free some space') });
  expect(store.stats().health).toBe('degraded');
  expect(store.get(`k${acknowledged}`)).toBe(VALUE);
  await expect(store.set('more', VALUE)).rejects.toMatchObject({ code: 'IO' });

  await free();
  await store.set('again', 1);
  expect(store.stats().health).toBe('ok');
  await store.close();
  const reopened = await Store.open(log());
  for (let n = 1; n <= acknowledged; n++) expect(reopened.get(`k${n}`)).toBe(VALUE);
  expect(reopened.get('again')).toBe(1);
  await reopened.close();
});
