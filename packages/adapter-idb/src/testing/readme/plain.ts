import { idbLog } from '@isokv/adapter-idb';
import { Store } from '@isokv/core';
import { read, type Settings } from './settings.ts';

const store = await Store.open<Settings>(idbLog('settings'));
const select = document.querySelector('select') as HTMLSelectElement;

const show = () => {
  select.value = read('theme', store);
};
store.watch('theme', show); // Called when another tab has set it, too.
select.onchange = () => store.set('theme', select.value as Settings['theme']);
show();
