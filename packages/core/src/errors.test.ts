import { expect, test, vi } from 'vitest';
import * as core from './index.ts';

/** The package once more, as a program has it whose parts need different versions. */
async function otherCopy(): Promise<typeof core> {
  vi.resetModules();
  const copy = await import('./index.ts');
  expect(copy.IsokvError).not.toBe(core.IsokvError);
  return copy;
}

test('an error of another copy of the package is an IsokvError, and others are not', async () => {
  const { IsokvError } = await otherCopy();
  expect(new IsokvError('CLOSED', 'closed')).toBeInstanceOf(core.IsokvError);
  for (const other of [new Error('CLOSED'), { code: 'CLOSED' }, 'CLOSED', null, undefined])
    expect(other instanceof core.IsokvError).toBe(false);
});

test('an error of a class made of this one is both, and none else is of that class', () => {
  class OwnError extends core.IsokvError {
    override name = 'OwnError';
  }
  const own = new OwnError('IO', 'why');
  expect(own).toBeInstanceOf(OwnError);
  expect(own).toBeInstanceOf(core.IsokvError);
  expect(new core.IsokvError('IO', 'why')).not.toBeInstanceOf(OwnError);
});

test('a store on a log of another copy tells its errors apart', async () => {
  const other = await otherCopy();
  const medium = new other.MemoryMedium();
  const [first, second] = await Promise.all([1, 2].map(() => core.Store.open(other.memoryLog(medium))));
  await Promise.all([first?.increment('a'), second?.increment('a')]); // One comes second, with LOG_CONFLICT.
  await first?.flush();
  expect(second?.get('a')).toBe(2);
  await Promise.all([first?.close(), second?.close()]);
  const missing = core.Store.open(other.memoryLog(), { mustExist: true });
  await expect(missing).rejects.toBeInstanceOf(core.IsokvError);
  await expect(missing).rejects.toMatchObject({ code: 'MISSING' });
});

test('an error shows what is known, and nothing else', () => {
  const cause = new Error('why');
  const error = new core.IsokvError('LOCKED', 'locked', { pid: 5, cause });
  expect({ ...error }).toEqual({ name: 'IsokvError', code: 'LOCKED', pid: 5 });
  expect(error.cause).toBe(cause);
  expect([error.offset, error.damage]).toEqual([undefined, undefined]);
});
