/** A project that uses every package, as it is shipped: `npm run check` compiles it, and every declaration it reaches. */
import { flashLog } from '@isokv/adapter-flash';
import { simulatedFlash } from '@isokv/adapter-flash/testing';
import { msgpack } from '@isokv/codec-msgpack';
import { faultyByteLog, testLog } from '@isokv/core/testing';
import { type AsyncStore, IsokvError, jsonFile, open, Store } from 'isokv';

interface Settings {
  theme: 'dark' | 'light';
  size?: number;
}

export async function use(): Promise<void> {
  await using store = await open<Settings>('settings', { codecs: [msgpack], durability: 'strict' });
  const theme: 'dark' | 'light' | undefined = store.get('theme');
  await store.set('theme', theme === 'dark' ? 'light' : 'dark', { ttl: 60_000 });
  const users = store.namespace<{ age: number }>('users');
  const ada = await users.update('ada', (user) => ({ age: (user?.age ?? 0) + 1 }));
  const twin: AsyncStore<Settings> = store;
  const plain = await Store.open(jsonFile('settings.json', { format: 'plain' }));
  const code = new IsokvError('CLOSED', '').code === 'CLOSED';
  void [ada.age, twin, plain, code, flashLog, simulatedFlash, faultyByteLog, testLog];
}
