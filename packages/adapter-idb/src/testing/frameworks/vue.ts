import { createApp, createSSRApp } from 'vue';
import { renderToString } from 'vue/server-renderer';
import SettingsForm from '../readme/settings-form.vue';
import type { Framework } from './framework.ts';

export const vue: Framework = {
  render: (store) => renderToString(createSSRApp(SettingsForm, { store })),
  mount(page, store) {
    const app = createApp(SettingsForm, { store });
    app.mount(page);
    return () => app.unmount();
  },
  hydrate(page, store) {
    const app = createSSRApp(SettingsForm, { store });
    app.mount(page);
    return () => app.unmount();
  },
};
