import { expect, test } from 'vitest';
import { open } from './browser.ts';

test('in a browser a store is in IndexedDB, and is there on the next visit', async () => {
  const store = await open<{ theme: string }>('umbrella');
  await store.set('theme', 'dark');
  expect(store.stats()).toMatchObject({ medium: 'indexeddb', durability: 'strict' });
  await store.close();
  const again = await open<{ theme: string }>('umbrella', { mustExist: true });
  expect(again.get('theme')).toBe('dark');
  await again.destroy();
});
