/** What is left as the page goes: whatever has happened by then, it makes the log whole. */
import { expect, test } from 'vitest';
import { bytesOf, bytesWith, commit, mediumOf, opened, told } from '../../test/logs.ts';
import { concat } from '../bytes/concat.ts';
import { frameLog } from './frame-log.ts';
import type { Position } from './log.ts';
import { MemoryMedium, memoryLog } from './memory-log.ts';

const options = { durability: 'none' } as const;

test.each([0, 1])('at every moment of the append after %i others', async (before) => {
  const medium = new MemoryMedium();
  const left: { bytes: Uint8Array; after: Position }[] = [];
  const leave = (bytes: Uint8Array, after: Position): void => void left.push({ bytes, after });
  const { log } = await opened(frameLog(bytesWith(medium, { leave })));
  let end = 0;
  for (let seq = 1; seq <= before; seq++) end = await log.append([commit(seq)], { ...options, after: end });

  const all = [commit(before + 1), commit(before + 2)];
  let isDone = false;
  log.leave?.(all);
  const append = log.append(all.slice(0, 1), { ...options, after: end }).then(() => {
    isDone = true;
  });
  while (!isDone) {
    log.leave?.(all);
    await Promise.resolve(); // To the next moment at which anything else can run.
  }
  await append;
  log.leave?.(all.slice(1));

  const written = bytesOf(medium);
  expect(new Set(left.map(({ after }) => after))).toEqual(new Set([end, written.length]));
  for (const { bytes, after } of left) {
    const whole = concat([written.subarray(0, after), bytes]);
    const { items } = await opened(memoryLog(mediumOf(whole)));
    expect(told(items)).toEqual(Array.from({ length: before + 2 }, (_, at) => `commit ${at + 1}`));
  }
});

test('at every moment of an append that fails, and nothing then', async () => {
  const left: Uint8Array[] = [];
  const medium = new MemoryMedium();
  const { log } = await opened(
    frameLog(
      bytesWith(medium, {
        append: () => Promise.reject(new Error('no')),
        leave: (bytes) => void left.push(bytes),
      }),
    ),
  );
  let isDone = false;
  const append = log.append([commit(1)], { ...options, after: 0 }).catch((error: unknown) => {
    isDone = true;
    throw error;
  });
  let lastBefore = 0;
  while (!isDone) {
    log.leave?.([commit(1), commit(2)]);
    lastBefore = left.length;
    await Promise.resolve();
  }
  await expect(append).rejects.toThrow('no');
  for (const bytes of left) {
    const { items } = await opened(memoryLog(mediumOf(bytes)));
    expect(told(items)).toEqual(['commit 1', 'commit 2']);
  }
  log.leave?.([commit(2)]);
  expect(left.length).toBe(lastBefore);
});
