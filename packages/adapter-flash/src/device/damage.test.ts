/** Damage is an error, and a call of the flash that fails costs nothing that was kept. */
import { describe, expect, it } from 'vitest';
import { opened, small } from '../../test/opened.ts';
import { open } from '../../test/whole.ts';
import { inspectFlash } from '../image/inspect-flash.ts';
import { simulatedFlash } from '../testing/simulated-flash.ts';

it('a page begun after one that kept nothing does not hide what is written in its place', () => {
  const { flash, store, again } = opened();
  store.set('a', 1);
  let programs = 0;
  let failures = 0;
  const check = (): void => {
    // The first record of the second page cannot be read back; the third page gets its header, and no more.
    if (programs > 3 || (programs === 2 && failures++ === 0)) throw new Error('failed');
  };
  const failing = {
    ...small,
    crc32: (bytes: Uint8Array) => flash.crc32(bytes),
    erase(page: number) {
      check();
      flash.erase(page);
    },
    read(address: number, length: number) {
      check();
      return flash.read(address, length);
    },
    program(address: number, bytes: Uint8Array) {
      programs++;
      if (programs <= 3) flash.program(address, bytes);
    },
  };
  expect(() => open(failing).set('b', 1)).toThrow(expect.objectContaining({ code: 'IO' }));
  const next = again();
  next.set('b', 2);
  next.set('c', 3);
  expect([again().get('b'), again().get('c')]).toEqual([2, 3]);
  expect(inspectFlash(flash).damage).toEqual([]);
});

describe('damage', () => {
  it('is an error wherever one byte is changed, or what is lost was the last thing written', () => {
    const { flash, store } = opened({ pageSize: 512, pageCount: 4, programUnit: 4 });
    for (let i = 0; i < 30; i++) store.set(`k${i % 5}`, i);
    const expected = new Map(store.keys().map((key) => [key, store.get(key)]));
    let errors = 0;
    let losses = 0;
    for (let at = 0; at < flash.bytes.length; at++) {
      const image = flash.copy();
      (image.bytes[at] as number) ^= 0x10;
      try {
        const damaged = open(image);
        for (const [key, value] of expected) {
          if (damaged.get(key) !== value) losses++;
        }
      } catch (error) {
        expect(error).toMatchObject({ code: 'CORRUPT' });
        errors++;
      }
    }
    expect(errors).toBeGreaterThan(100);
    // The last record cannot be told from one that was cut short: its bytes, 8 bits wide, and no others.
    expect(losses).toBeLessThanOrEqual(16);
  });

  it('of something else on the flash is not taken for a store', () => {
    const flash = simulatedFlash(small);
    flash.program(1088, Uint8Array.of(1, 2, 3, 4));
    expect(() => open(flash)).toThrow(expect.objectContaining({ code: 'NOT_ISOKV' }));
    const store = open(flash, { format: true });
    store.set('a', 1);
    expect(open(flash).get('a')).toBe(1);
  });
});
