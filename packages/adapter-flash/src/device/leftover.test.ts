/** A page after the head that a reset has left with its header and no record, and that cannot be erased any more. */
import { describe, expect, it } from 'vitest';
import { fill, opened } from '../../test/opened.ts';
import { open } from '../../test/whole.ts';
import { inspectFlash } from '../image/inspect-flash.ts';
import type { SimulatedFlash } from '../testing/simulated-flash.ts';

/** The flash after a reset between the header of the next page and its first record, and where that page is. */
function withLeftover(entries: number): { flash: SimulatedFlash; page: number } {
  const { flash, store, again } = opened({ pageSize: 512, pageCount: 6, programUnit: 4 });
  for (let i = 0; i < entries; i++) store.set(`k${i % 7}`, i);
  const cut = flash.copy();
  flash.journal = [];
  again().set('more', 1);
  const header = flash.journal.findIndex((call) => 'program' in call && call.program % 512 === 0);
  const calls = flash.journal.slice(0, header + 1);
  let page = -1;
  for (const call of calls) {
    if ('erase' in call) cut.erase(call.erase);
    else {
      cut.program(call.program, call.bytes);
      page = call.program / 512;
    }
  }
  return { flash: cut, page };
}

describe('a page that was begun and cannot be erased', () => {
  it.each([1, 40, 120, 200])('is left when its header is gone, after %i writes', (entries) => {
    const { flash, page } = withLeftover(entries);
    flash.worn.set(page, 'erase');
    const now = (): number => Date.UTC(2026, 0);
    const store = open(flash, { now });
    const before = store.keys();
    const other = (): void => {
      expect(open(flash, { now }).keys()).toEqual(store.keys());
      expect(inspectFlash(flash).damage).toEqual([]);
    };
    for (let i = 0; i < 300; i++) {
      store.set(`k${i % 7}`, i);
      if (i % 20 === 0) other();
    }
    expect(store.keys()).toEqual(expect.arrayContaining(before));
    expect(store.stats().bad).toBe(1);
    expect(fill(store, 40).length).toBeGreaterThan(0);
    for (const key of store.keys()) expect(store.delete(key)).toBe(true);
    other();
    expect(flash.violations).toEqual([]);
  });

  it('has nothing written while its header is there, and all is read; then writes go on', () => {
    const { flash, page } = withLeftover(40);
    const erase = flash.erase.bind(flash);
    flash.erase = (one) => {
      if (one !== page) erase(one);
    };
    const { bytes } = flash.copy();
    const store = open(flash);
    const keys = store.keys();
    for (let i = 0; i < 3; i++) {
      expect(() => store.set('a', i)).toThrow(expect.objectContaining({ code: 'IO' }));
      expect(() => open(flash).delete(keys[0] as string)).toThrow(expect.objectContaining({ code: 'IO' }));
      expect([store.keys(), open(flash).keys()]).toEqual([keys, keys]);
    }
    expect(flash.bytes).toEqual(bytes);
    flash.erase = erase;
    store.set('a', 9);
    expect(open(flash).keys()).toEqual(['a', ...keys]);
  });
});
