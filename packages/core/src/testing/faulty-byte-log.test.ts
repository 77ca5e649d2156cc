import { expect, test } from 'vitest';
import type { ByteLog } from '../log/log.ts';
import { MemoryMedium, memoryBytes } from '../log/memory-log.ts';
import { collectBytes, each } from './bytes/open-bytes.ts';
import { type ByteFault, faultyByteLog } from './faulty-byte-log.ts';
import { pattern } from './fixtures.ts';
import { bytesHarness } from './mutants/media.ts';
import { runTests } from './run-tests.ts';
import { testByteLog } from './test-byte-log.ts';

const IO = expect.objectContaining({ code: 'IO' });

test('without faults it is as the log it is made of', async () => {
  const outcomes = await runTests((runner) =>
    testByteLog(
      runner,
      bytesHarness((bytes) => faultyByteLog(bytes, [])),
    ),
  );
  expect(outcomes.filter(({ passed }) => !passed)).toEqual([]);
});

test('it says what the log says, and has no more than that has', () => {
  const bytes = memoryBytes();
  const left: Uint8Array[] = [];
  const told = faultyByteLog(
    Object.assign(bytes, {
      confirmed: 7,
      mustReplace: true,
      check: async () => [],
      leave: (one: Uint8Array) => void left.push(one),
    }),
    [],
  );
  expect(told).toMatchObject({ confirmed: 7, mustReplace: true, check: expect.any(Function) });
  told.leave?.(pattern(3), 0, undefined);
  expect(left).toEqual([pattern(3)]);
  const bare = faultyByteLog(Object.assign(memoryBytes(), { truncate: undefined }), []);
  expect(bare).not.toHaveProperty('truncate');
  expect(bare).not.toHaveProperty('check');
  expect(bare).not.toHaveProperty('leave');
});

test('an operation fails once, on the call that was chosen', async () => {
  const { log, append, content } = await faulty({ operation: 'append', call: 2, fails: 'before' });
  await append(10);
  await expect(append(10)).rejects.toEqual(IO);
  await append(10);
  expect(await content()).toBe(20);
  await log.close();
});

test('an operation fails for ever, with an error of one’s own', async () => {
  const error = new Error('ENOSPC');
  const { append, content } = await faulty({
    operation: 'append',
    call: 2,
    forever: true,
    fails: 'before',
    error,
  });
  await append(10);
  await expect(append(10)).rejects.toBe(error);
  await expect(append(10)).rejects.toBe(error);
  expect(await content()).toBe(10);
});

test('an append is cut short, or its answer is lost', async () => {
  const short = await faulty({ operation: 'append', onlyBytes: 4, fails: 'after' });
  await expect(short.append(10)).rejects.toEqual(IO);
  expect(await short.content()).toBe(4);
  const lost = await faulty({ operation: 'append', fails: 'after' });
  await expect(lost.append(10)).rejects.toEqual(IO);
  expect(await lost.content()).toBe(10);
});

test('a reading is cut short, or breaks off', async () => {
  const short = await faulty({ operation: 'read', onlyBytes: 4 });
  await short.append(10);
  expect((await collectBytes(short.log.read())).bytes).toEqual(pattern(10).slice(0, 4));
  expect((await collectBytes(short.log.read())).bytes).toEqual(pattern(10));
  const broken = await faulty({ operation: 'read', onlyBytes: 4, fails: 'after' });
  await broken.append(10);
  await expect(collectBytes(broken.log.read())).rejects.toEqual(IO);
});

test('a replace takes some of its chunks, or none', async () => {
  const short = await faulty({ operation: 'replace', onlyBytes: 15 });
  await short.log.replace(each([pattern(10), pattern(10)]), { upTo: () => 0 });
  expect(await short.content()).toBe(15);
  const failing = await faulty({ operation: 'replace', fails: 'before' });
  await expect(failing.log.replace(each([pattern(10)]), { upTo: () => 0 })).rejects.toEqual(IO);
  expect(await failing.content()).toBe(0);
});

test('an operation is delayed', async () => {
  const { append } = await faulty({ operation: 'append', delayMs: 30 });
  const start = Date.now();
  await append(10);
  expect(Date.now() - start).toBeGreaterThanOrEqual(25);
});

test('faults that are added later take effect', async () => {
  const faults: ByteFault[] = [];
  const log = faultyByteLog(memoryBytes(), faults);
  await log.open({ readOnly: false, mode: 'create' });
  faults.push({ operation: 'close', forever: true, fails: 'before' });
  await expect(log.close()).rejects.toEqual(IO);
  faults.length = 0;
  await log.close();
});

async function faulty(
  fault: ByteFault,
): Promise<{ log: ByteLog; append(length: number): Promise<number>; content(): Promise<number> }> {
  const medium = new MemoryMedium();
  const log = faultyByteLog(memoryBytes(medium), [fault]);
  await log.open({ readOnly: false, mode: 'create' });
  return {
    log,
    append: (length) => log.append([pattern(length)], { durability: 'none', after: medium.end }),
    content: async () => (await collectBytes(memoryBytes(medium).read())).bytes.length,
  };
}
