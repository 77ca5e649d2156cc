/** Expiry on a board, whose clock may not be set. */
import { describe, expect, it } from 'vitest';
import { fill, opened } from '../../test/opened.ts';

describe('expiry', () => {
  it('is to the millisecond, and after a reset', () => {
    const { store, clock, again } = opened();
    store.set('a', 1, 1000);
    clock.ms += 999;
    expect([store.has('a'), again().has('a')]).toEqual([true, true]);
    clock.ms++;
    expect([store.has('a'), store.get('a'), store.keys(), again().has('a')]).toEqual([
      false,
      undefined,
      [],
      false,
    ]);
  });

  it('frees room: collection drops what has expired', () => {
    const { store, clock } = opened();
    for (let i = 0; i < 5; i++) store.set(`k${i}`, 'x'.repeat(60), 1000);
    clock.ms += 1000;
    const { live } = store.stats();
    for (let round = 0; round < 40; round++) for (let i = 0; i < 5; i++) store.set(`m${i}`, 'x'.repeat(60));
    expect(store.stats().live).toBeLessThanOrEqual(live + 1);
    expect(store.keys().length).toBe(5);
  });

  it('gives back the room of a full flash, without a deletion', () => {
    const { store, clock } = opened();
    fill(store, 40, 1000);
    expect(() => store.set('more', 'x'.repeat(40))).toThrow(expect.objectContaining({ code: 'ENOSPC' }));
    clock.ms += 1000;
    store.set('more', 'x'.repeat(40));
    expect(store.keys()).toEqual(['more']);
  });

  it('never comes by a clock that is not set, and cannot be asked of it', () => {
    const { store, clock, again } = opened();
    store.set('a', 1, 1000);
    clock.ms = 5000;
    const reset = again();
    expect(reset.get('a')).toBe(1);
    reset.collect(4);
    expect(reset.get('a')).toBe(1);
    expect(() => reset.set('b', 1, 1000)).toThrow(expect.objectContaining({ code: 'INVALID_TTL' }));
    expect(() => store.set('b', 1, -1)).toThrow(expect.objectContaining({ code: 'INVALID_TTL' }));
    clock.ms = Date.UTC(2027, 0);
    expect(again().has('a')).toBe(false);
  });
});
