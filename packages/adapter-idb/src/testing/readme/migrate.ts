import { idbLog } from '@isokv/adapter-idb';
import { Store } from '@isokv/core';
import { entries } from 'idb-keyval';

const store = await Store.open(idbLog('my-app'));
if (store.size === 0) await store.setMany(await entries<string, unknown>());
await store.close();
