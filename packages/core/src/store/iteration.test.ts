import { describe, expect, test } from 'vitest';
import { gatedLog, LIVES } from '../../test/stores.ts';
import { MemoryMedium, memoryLog } from '../log/memory-log.ts';
import type { Namespace } from './namespace.ts';
import { Store } from './store.ts';

const KEYS = Array.from({ length: 40 }, (_, i) => `k${String(i).padStart(2, '0')}`);

function fill(space: Namespace): void {
  for (const key of KEYS) space.set(key, { key });
}

/** Over the run and the overlay at once, beside the lives that are over one of them. */
const BOTH = {
  name: 'over a run and what was written since',
  async begin(write: (space: Namespace) => void): Promise<Namespace> {
    const store = await Store.open(memoryLog());
    write(store);
    await store.compact();
    KEYS.forEach((key, i) => void (i % 3 === 0 && store.set(key, { key })));
    store.set('k05', 1);
    store.delete('k05');
    store.set('k05', { key: 'k05' });
    return store;
  },
};

describe.each([...LIVES, BOTH])('an iteration $name', ({ begin }) => {
  test('sees what comes after it, not what comes before', async () => {
    const space = await begin(fill);
    const seen: string[] = [];
    for (const key of space.keys()) {
      seen.push(key);
      if (key === 'k10') {
        space.set('k03x', 1);
        space.set('k10x', 1);
        space.set('k39x', 1);
        space.delete('k11');
        space.delete('k05');
      }
    }
    expect(seen).toEqual([...KEYS.slice(0, 11), 'k10x', ...KEYS.slice(12), 'k39x']);
  });

  test('backwards as well', async () => {
    const space = await begin(fill);
    const seen: string[] = [];
    for (const [key] of space.entries({ reverse: true })) {
      seen.push(key);
      if (key === 'k10') {
        space.set('k10x', 1);
        space.set('k09x', 1);
        space.delete('k08');
        space.set('', 1);
      }
    }
    expect(seen).toEqual([...KEYS.slice(10).reverse(), 'k09x', 'k09', ...KEYS.slice(0, 8).reverse(), '']);
  });

  test('deletes what it stands on, and what comes next', async () => {
    const space = await begin(fill);
    const seen: string[] = [];
    for (const key of space.keys({ gte: 'k10' })) {
      seen.push(key);
      space.delete(key);
      space.delete(KEYS[KEYS.indexOf(key) + 1] ?? 'none');
    }
    expect(seen).toEqual(KEYS.slice(10).filter((_, i) => i % 2 === 0));
    expect([...space.keys()]).toEqual(KEYS.slice(0, 10));
  });

  test('gives the new values of what was written, and ends when all is cleared', async () => {
    const space = await begin(fill);
    let count = 0;
    for (const [key, value] of space.entries()) {
      if (key === 'k00') for (const other of KEYS) space.set(other, { new: other });
      else expect(value).toEqual({ new: key });
      if (++count === 20) space.clear();
      if (count === 20) space.set('z', { new: 'z' });
    }
    expect(count).toBe(21);
    expect([...space.keys()]).toEqual(['z']);
  });

  test('two at a time, and one that is left half way', async () => {
    const space = await begin(fill);
    const [one, two] = [space.keys(), space.keys({ reverse: true })];
    const pairs: string[] = [];
    for (let i = 0; i < 40; i++) pairs.push(`${one.next().value} ${two.next().value}`);
    expect(pairs).toEqual(KEYS.map((key, i) => `${key} ${KEYS[39 - i]}`));
    expect([one.next().done, two.next().done]).toEqual([true, true]);
    const left = space.values();
    left.next();
    left.return(undefined);
    expect([...left]).toEqual([]);
  });
});

test.each([false, true])(
  'a compaction that begins and ends in the middle changes nothing (reverse: %s)',
  async (reverse) => {
    for (const rounds of [1, 2]) {
      const gate = gatedLog(new MemoryMedium());
      const store = await Store.open(gate.log);
      fill(store);
      await store.flush();
      if (rounds === 2) {
        gate.open();
        await store.compact();
        KEYS.forEach((key, i) => void (i % 2 && store.set(key, { key })));
      }
      const expected = reverse ? [...KEYS].reverse() : KEYS;
      const seen: string[] = [];
      let compacting: Promise<void> | undefined;
      for (const [key, value] of store.entries({ reverse })) {
        seen.push(key);
        expect(value).toEqual({ key });
        if (seen.length === 10) {
          compacting = store.compact();
          await gate.reached;
          await Promise.resolve();
        }
        if (seen.length === 20) store.set(expected[30] as string, { key: expected[30] });
        if (seen.length === 25) {
          gate.open();
          await compacting;
        }
      }
      expect(seen).toEqual(expected);
    }
  },
);
