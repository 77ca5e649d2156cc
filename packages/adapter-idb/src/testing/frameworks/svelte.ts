import { hydrate, mount, unmount } from 'svelte';
import { render } from 'svelte/server';
import SettingsForm from '../readme/settings-form.svelte';
import SettingsFormOnServer from '../readme/settings-form.svelte?server';
import type { Framework } from './framework.ts';

export const svelte: Framework = {
  render: (store) => render(SettingsFormOnServer, { props: { store } }).body,
  mount(target, store) {
    const form = mount(SettingsForm, { target, props: { store } });
    return () => void unmount(form);
  },
  hydrate(target, store) {
    const form = hydrate(SettingsForm, { target, props: { store } });
    return () => void unmount(form);
  },
};
