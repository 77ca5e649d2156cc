/** What a board gives as data, and takes. */
import { Store } from '@isokv/core';
import { describe, expect, it } from 'vitest';
import { opened, small } from '../../test/opened.ts';

describe('data', () => {
  it('of a core store are loaded, and replace what there was', async () => {
    const { store, again } = opened({ ...small, pageCount: 8 });
    store.set('old', 1);
    store.namespace('gone').set('old', 1);
    const core = new Store();
    await core.set('new', 'text');
    await core.set('large', new Uint8Array(600).fill(7));
    await core.namespace('users').set('ada', { age: 36 });
    const data = core.toData();
    store.fromData(data);
    for (const reader of [store, again()]) {
      expect(reader.keys()).toEqual(['large', 'new']);
      expect(reader.namespace('gone').keys()).toEqual([]);
      expect(reader.namespace('users').get('ada')).toEqual({ age: 36 });
      expect([...reader.toData()]).toEqual([...data]);
    }
  });

  it('that are damaged or cut short are refused, wherever, and change nothing', async () => {
    const core = new Store();
    await core.set('a', 1);
    await core.set('b', 'text');
    const data = core.toData();
    const { store } = opened();
    store.set('kept', 1);
    for (let at = 0; at < data.length; at++) {
      const changed = data.slice();
      (changed[at] as number) ^= 1;
      for (const bytes of [changed, data.slice(0, at)]) {
        expect(() => store.fromData(bytes)).toThrow(
          expect.objectContaining({
            code: expect.stringMatching(/CORRUPT|NOT_ISOKV|SEALED|UNKNOWN_VERSION/),
          }),
        );
      }
    }
    expect(store.keys()).toEqual(['kept']);
  });
});
