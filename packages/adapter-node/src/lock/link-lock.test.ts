import { spawnSync } from 'node:child_process';
import { readdirSync, readlinkSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { temporaryFolder } from '../testing/logs.ts';
import { type FileLock, isHeld } from './file-lock.ts';
import { linkLock } from './link-lock.ts';
import { isGone, ownMark, type ProcessMark, startOf } from './process-mark.ts';

let folder: ReturnType<typeof temporaryFolder>;
let path: string;
beforeEach(() => {
  folder = temporaryFolder();
  path = folder.path('a.isokv');
});
afterEach(() => folder.remove());

/** A process that has ended. */
const dead: ProcessMark = { ...ownMark(), pid: spawnSync(process.execPath, ['--version']).pid };

function target({ pid, started, boot, host }: ProcessMark, id: string): string {
  return `isokv:pid=${pid}:started=${started}:boot=${boot}:host=${host}:id=${id}`;
}

async function had(at: string, name: string): Promise<FileLock> {
  const lock = await linkLock(at, name);
  if (isHeld(lock)) throw new Error(`held by ${lock.heldBy}`);
  return lock;
}

const byThisProcess = { heldBy: process.pid };

describe('a lock by file', () => {
  test('says who holds it, is had once, and leaves nothing', async () => {
    const lock = await had(path, 'a');
    expect(readlinkSync(`${path}.lock`)).toMatch(`isokv:pid=${process.pid}:`);
    expect(await linkLock(path, 'b')).toEqual(byThisProcess);
    await lock.release();
    expect(readdirSync(folder.path('.'))).toEqual([]);
    await (await had(path, 'a')).release();
  });

  test('is one, for all paths of a file, within a process', async () => {
    const lock = (await linkLock(path, 'a')) as FileLock;
    expect(await linkLock(folder.path('other'), 'a')).toEqual(byThisProcess);
    await lock.add('b');
    await lock.drop('a');
    expect(await linkLock(folder.path('other'), 'b')).toEqual(byThisProcess);
    await (await had(folder.path('other'), 'a')).release();
    await lock.release();
    await (await had(folder.path('other'), 'b')).release();
  });

  test('whose holder has ended goes to one of those who want it', async () => {
    for (let round = 0; round < 20; round++) {
      symlinkSync(target(dead, `${round}`), `${path}.lock`);
      const taken = await Promise.all(Array.from({ length: 10 }, (_, i) => linkLock(path, `name ${i}`)));
      const [winner, ...others] = taken.filter((lock) => !isHeld(lock));
      expect(winner).toBeDefined();
      expect(others).toEqual([]);
      expect(readdirSync(folder.path('.'))).toEqual(['a.isokv.lock']);
      await (winner as FileLock).release();
    }
  });

  test('is taken over from who ended while taking it over', async () => {
    symlinkSync(target(dead, '1'), `${path}.lock`);
    symlinkSync(target(dead, '2'), `${path}.lock.1`);
    symlinkSync(target(dead, '3'), `${path}.lock.1.2`);
    const lock = await had(path, 'a');
    await lock.release();
    expect(readdirSync(folder.path('.'))).toEqual([]);
  });

  test('is left to who is taking it over', async () => {
    symlinkSync(target(dead, '1'), `${path}.lock`);
    symlinkSync(target(ownMark(), '2'), `${path}.lock.1`);
    expect(await linkLock(path, 'a')).toEqual(byThisProcess);
  });

  test('that somebody has removed and taken is not given up by who had it', async () => {
    const first = await had(path, 'a');
    unlinkSync(`${path}.lock`);
    const second = await had(path, 'b');
    await first.release();
    expect(await linkLock(path, 'c')).toEqual(byThisProcess);
    await second.release();
  });

  test('stays away from what is none', async () => {
    writeFileSync(`${path}.lock`, 'precious');
    await expect(linkLock(path, 'a')).rejects.toMatchObject({ code: 'LOCKED' });
    unlinkSync(`${path}.lock`);
    symlinkSync('precious', `${path}.lock`);
    await expect(linkLock(path, 'a')).rejects.toThrow('remove it');
    expect(readlinkSync(`${path}.lock`)).toBe('precious');
  });
});

describe('a process is gone', () => {
  test('when its number is nobody’s, or another’s, or the machine has started anew', async () => {
    const own = ownMark();
    expect(await isGone(own)).toBe(false);
    expect(await isGone(dead)).toBe(true);
    expect(await isGone({ ...own, started: own.started - 1e9 })).toBe(true);
    expect(await isGone({ ...own, boot: 'another' })).toBe(true);
  });

  test('not for sure when it is on another machine', async () => {
    expect(await isGone({ ...dead, host: 'elsewhere' })).toBe(false);
  });

  test('as ps says, where there is no /proc', async () => {
    const started = await startOf(process.pid);
    expect(Math.abs((started as number) - (Date.now() - process.uptime() * 1000))).toBeLessThan(5000);
    expect(await startOf(dead.pid)).toBeUndefined();
  });
});
