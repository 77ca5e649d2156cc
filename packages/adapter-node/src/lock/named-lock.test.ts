import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { type FileLock, isHeld } from './file-lock.ts';
import { ask, hasNames, namedLock } from './named-lock.ts';

async function had(name: string): Promise<FileLock> {
  const lock = await namedLock(name);
  if (isHeld(lock)) throw new Error(`held by ${lock.heldBy}`);
  return lock;
}

const byThisProcess = { heldBy: process.pid };

describe.runIf(hasNames)('a lock by name', () => {
  test('is had once, and again when it was given up; who has it is known', async () => {
    const name = randomUUID();
    const first = await had(name);
    expect(await namedLock(name)).toEqual(byThisProcess);
    expect(await ask(name)).toBe(process.pid);
    await first.release();
    await (await had(name)).release();
    expect(await ask(name)).toBeUndefined();
  });

  test('takes a second name along, and gives up either or both', async () => {
    const [old, next] = [randomUUID(), randomUUID()];
    const lock = await had(old);
    expect(await lock.add(next)).toBe(true);
    expect(await lock.add(old)).toBe(true); // It has it.
    expect(await namedLock(next)).toEqual(byThisProcess);
    await lock.drop(old);
    await (await had(old)).release();
    expect(await namedLock(next)).toEqual(byThisProcess);
    await lock.release();
    await (await had(next)).release();
  });

  test.runIf(process.platform === 'linux')('leaves nothing in the file system', async () => {
    const name = randomUUID();
    const lock = await had(name);
    const line = readFileSync('/proc/net/unix', 'latin1')
      .split('\n')
      .find((text) => text.includes(name));
    expect(line).toContain(` @isokv-${name}`); // The @ stands for the NUL of an abstract name.
    await lock.release();
    expect(readFileSync('/proc/net/unix', 'latin1')).not.toContain(name);
  });
});
