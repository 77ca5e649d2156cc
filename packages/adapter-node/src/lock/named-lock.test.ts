import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { FileLock } from './file-lock.ts';
import { hasNames, namedLock } from './named-lock.ts';

describe.runIf(hasNames)('a lock by name', () => {
  test('is had once, and again when it was given up', async () => {
    const name = randomUUID();
    const first = await namedLock(name);
    expect(first).toBeDefined();
    expect(await namedLock(name)).toBeUndefined();
    await first?.release();
    const second = await namedLock(name);
    expect(second).toBeDefined();
    await second?.release();
  });

  test('takes a second name along, and gives up either or both', async () => {
    const [old, next] = [randomUUID(), randomUUID()];
    const lock = (await namedLock(old)) as FileLock;
    expect(await lock.add(next)).toBe(true);
    expect(await lock.add(old)).toBe(false);
    expect(await namedLock(next)).toBeUndefined();
    await lock.drop(old);
    await (await namedLock(old))?.release();
    expect(await namedLock(next)).toBeUndefined();
    await lock.release();
    await (await namedLock(next))?.release();
  });

  test.runIf(process.platform === 'linux')('leaves nothing in the file system', async () => {
    const name = randomUUID();
    const lock = await namedLock(name);
    const line = readFileSync('/proc/net/unix', 'latin1')
      .split('\n')
      .find((text) => text.includes(name));
    expect(line).toContain(` @isokv-${name}`); // The @ stands for the NUL of an abstract name.
    await lock?.release();
    expect(readFileSync('/proc/net/unix', 'latin1')).not.toContain(name);
  });
});
