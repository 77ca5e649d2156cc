import { idbLog } from '@isokv/adapter-idb';
import { Store } from '@isokv/core';

const store = await Store.open(idbLog('my-app'), { durability: 'relaxed' }); // or 'strict', the default
store.set('theme', 'dark'); // To be read at once, and in the other tabs a moment later;
await store.set('font', { family: 'serif', size: 12 }); // now both are kept, or neither is.
store.get('theme'); // 'dark': no await
