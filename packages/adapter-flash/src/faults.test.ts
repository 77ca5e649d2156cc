/** A store on a flash whose calls fail: what was acknowledged is kept, it says so, and it heals or refuses clearly. */
import { Store } from '@isokv/core';
import { Random } from '@isokv/core/testing';
import { describe, expect, it } from 'vitest';
import type { FlashDevice } from './device/flash-device.ts';
import { flashLog } from './flash-log.ts';
import { simulatedFlash } from './testing/simulated-flash.ts';

type Call = 'read' | 'program' | 'erase';
/** When a call fails: before it has done anything, in the middle of it, when all of it was done. */
type Moment = 'before' | 'during' | 'after';

/** A flash, some calls of which fail: the `from`-th of a kind, and so many after it. */
class FailingFlash {
  readonly flash = simulatedFlash({ pageSize: 512, pageCount: 8, programUnit: 4 });
  call: Call = 'program';
  moment: Moment = 'before';
  from: number = Number.POSITIVE_INFINITY;
  count: number = 1;
  calls: number = 0;
  failures: number = 0;
  readonly device: FlashDevice = {
    pageSize: 512,
    pageCount: 8,
    programUnit: 4,
    crc32: (bytes) => this.flash.crc32(bytes),
    read: (address, length) => this.#try('read', () => this.flash.read(address, length)),
    program: (address, bytes) =>
      this.#try(
        'program',
        () => this.flash.program(address, bytes),
        () => {
          const half = 4 * Math.floor(bytes.length / 8);
          if (half > 0) this.flash.program(address, bytes.subarray(0, half));
        },
      ),
    erase: (page) =>
      this.#try(
        'erase',
        () => this.flash.erase(page),
        () => this.flash.cut({ erase: page }, 0, 'bytes'),
      ),
  };

  #try<R>(call: Call, work: () => R, half: () => void = () => undefined): R {
    const fails = call === this.call && ++this.calls >= this.from && this.calls < this.from + this.count;
    if (!fails) return work();
    this.failures++;
    if (this.moment === 'during') half();
    if (this.moment === 'after') work();
    this.flash.restore();
    throw new Error(`the ${call} failed`);
  }
}

const CASES = (['read', 'program', 'erase'] as const).flatMap((call) =>
  (['before', 'during', 'after'] as const).map((moment) => ({ call, moment })),
);

describe('a store whose flash fails', () => {
  it.each(CASES)('$moment a $call keeps what was acknowledged, and heals', async ({ call, moment }) => {
    let rejected = 0;
    for (let seed = 0; seed < 24; seed++) {
      const failing = new FailingFlash();
      const random = new Random(seed);
      const log = flashLog(failing.device);
      const store = await Store.open(log);
      const health: string[] = [];
      store.on('health', ({ status }) => health.push(status));
      store.on('error', () => undefined);
      Object.assign(failing, {
        call,
        moment,
        calls: 0,
        from: 1 + random.below(40),
        count: random.pick([1, 3, 20]),
      });
      /** Of each key the values that it may have. */
      const may = new Map<string, Set<number>>();
      for (let i = 1; i <= 60; i++) {
        const key = `k${random.below(6)}`;
        const values = may.get(key) ?? new Set();
        may.set(key, values.add(i));
        try {
          if (random.below(10) === 0) await store.compact();
          await store.set(key, i);
          values.clear();
          values.add(i);
        } catch (error) {
          rejected++;
          // Pages that do not keep what is programmed are left, until none is left to write to.
          expect(['IO', 'ENOSPC']).toContain((error as { code: string }).code);
        }
      }
      failing.from = Number.POSITIVE_INFINITY;
      if (health.at(-1) === 'degraded') {
        await store.flush();
        for (const key of may.keys()) may.set(key, new Set([store.get(key) as number]));
      }
      expect(health.length === 0 || health.at(-1) === 'ok', health.join()).toBe(true);
      await store.close();
      const again = await Store.open(flashLog(failing.flash));
      for (const [key, values] of may) expect(values, `${key} of seed ${seed}`).toContain(again.get(key));
      expect(failing.flash.violations).toEqual([]);
    }
    if (call !== 'erase') expect(rejected).toBeGreaterThan(0);
  });

  it.each([3, 8])('full, of %i pages, refuses, and takes writes again after deletions', async (pageCount) => {
    const flash = simulatedFlash({ pageSize: 512, pageCount, programUnit: 4 });
    const store = await Store.open(flashLog(flash));
    store.on('error', () => undefined);
    const kept: string[] = [];
    let refused = '';
    for (let i = 0; !refused; i++) {
      try {
        await store.set(`k${i}`, 'x'.repeat(40));
        kept.push(`k${i}`);
      } catch (error) {
        expect(error).toMatchObject({ code: 'ENOSPC' });
        refused = `k${i}`;
      }
    }
    const again = await Store.open(flashLog(flash.copy()), { readOnly: true });
    expect([...again.keys()].sort()).toEqual([...kept].sort());
    // Memory keeps what was refused, and each later write would bring it along: so it is taken back first.
    await expect(store.delete(kept[0] as string)).rejects.toMatchObject({ code: 'ENOSPC' });
    await store.delete(refused);
    expect(store.stats().health).toBe('ok');
    const [, ...left] = kept;
    for (const key of left.splice(0, 2)) await store.delete(key);
    await store.set('more', 'x'.repeat(40));
    await store.close();
    const end = await Store.open(flashLog(flash), { readOnly: true });
    expect([...end.keys()].sort()).toEqual(['more', ...left].sort());
    expect(flash.violations).toEqual([]);
  });
});
