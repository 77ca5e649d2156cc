/** What the device face keeps, and what it refuses. */
import { Store } from '@isokv/core';
import { describe, expect, it } from 'vitest';
import { opened, small } from '../../test/opened.ts';

describe('values', () => {
  const values: Record<string, unknown> = {
    text: 'gr\xc3\xbcn',
    empty: '',
    zero: 0,
    negative: -1,
    large: 9007199254740991,
    third: 1 / 3,
    minusZero: -0,
    nan: Number.NaN,
    yes: true,
    no: false,
    nothing: null,
    bytes: Uint8Array.of(0, 255, 1),
    noBytes: new Uint8Array(0),
    nested: { list: [1, 'two', { three: 0.1 }], bytes: Uint8Array.of(7) },
  };

  it('come back as they were, at once and after a reset', () => {
    const { store, again } = opened({ ...small, pageCount: 8 });
    for (const key of Object.keys(values)) store.set(key, values[key]);
    for (const reader of [store, again()]) {
      for (const key of Object.keys(values)) expect(reader.get(key), key).toEqual(values[key]);
      expect(reader.keys()).toEqual(Object.keys(values).sort());
    }
  });

  it('are the same bytes as the core writes', async () => {
    const { store, clock } = opened({ ...small, pageCount: 8 });
    const core = new Store({ now: () => clock.ms });
    for (const key of [
      'text',
      'empty',
      'zero',
      'negative',
      'large',
      'third',
      'nan',
      'yes',
      'no',
      'nothing',
      'bytes',
    ]) {
      store.set(key, values[key]);
      await core.set(key, key === 'text' ? 'grün' : (values[key] as string));
    }
    store.namespace('users').set('ada', 36);
    await core.namespace('users').set('ada', 36);
    store.set('later', 1, 3_600_000);
    await core.set('later', 1, { expiresAt: Date.UTC(2026, 0) + 3_600_000 });
    expect([...store.toData()]).toEqual([...core.toData()]);
  });

  it('larger than a page are kept, replaced and given back', () => {
    const { store, again } = opened({ ...small, pageCount: 8 });
    for (let round = 1; round < 30; round++) {
      const value = Uint8Array.from({ length: 700 + round * 13 }, (_, index) => index * round);
      store.set('large', value);
      store.set('small', round);
      expect(store.get('large')).toEqual(value);
      expect(again().get('large')).toEqual(value);
    }
    store.delete('large');
    expect(again().keys()).toEqual(['small']);
  });

  it.each([
    [undefined, 'INVALID_VALUE'],
    [() => 1, 'INVALID_VALUE'],
    ['not utf-8: \xff', 'INVALID_VALUE'],
    ['\u0100', 'INVALID_VALUE'],
  ])('refused: %s', (value, code) => {
    const { store } = opened();
    store.set('key', 1);
    expect(() => store.set('key', value)).toThrow(expect.objectContaining({ code }));
    expect(store.get('key')).toBe(1);
  });

  it('keys that are no text, or longer than an eighth of a page, are refused', () => {
    const { store } = opened();
    for (const key of ['\xff', '\ud800', 1 as never, 'k'.repeat(65)]) {
      expect(() => store.set(key, 1)).toThrow(expect.objectContaining({ code: 'INVALID_KEY' }));
    }
    store.set('k'.repeat(64), 1);
    expect(store.keys().length).toBe(1);
  });
});
