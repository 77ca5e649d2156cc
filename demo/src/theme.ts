/** Light or dark: as the system says, until the visitor says otherwise; that is kept, and told to other tabs. */
import type { Store } from '@isokv/core';
import type { Settings } from './app.ts';
import { fragment, h } from './dom.ts';

const systemIsDark = matchMedia('(prefers-color-scheme: dark)');

/** Calls back when the colours of the page have changed: for what is drawn rather than styled. */
export const themeChanged = new EventTarget();

export function followTheme(settings: Store<Settings>): void {
  const apply = (): void => {
    document.documentElement.dataset['theme'] = themeOf(settings);
    themeChanged.dispatchEvent(new Event('change'));
  };
  apply();
  settings.watch('theme', apply);
  systemIsDark.addEventListener('change', apply);
}

export function themeButton(settings: Store<Settings>): HTMLButtonElement {
  const button = h('button', {
    type: 'button',
    class: 'quiet',
    onclick: () => void settings.set('theme', themeOf(settings) === 'dark' ? 'light' : 'dark'),
  });
  const draw = (): void => {
    const isDark = themeOf(settings) === 'dark';
    button.replaceChildren(fragment(isDark ? SUN : MOON), isDark ? 'Light' : 'Dark');
    button.setAttribute('aria-label', isDark ? 'Light theme' : 'Dark theme');
  };
  draw();
  themeChanged.addEventListener('change', draw);
  return button;
}

function themeOf(settings: Store<Settings>): Settings['theme'] {
  return settings.get('theme') ?? (systemIsDark.matches ? 'dark' : 'light');
}

const SUN = `<svg viewBox="0 0 20 20" width="16" height="16" fill="none" stroke="currentColor" stroke-width="1.6" aria-hidden="true"><circle cx="10" cy="10" r="3.6"/><path d="M10 1.500v3M10 15.500v3M1.500 10h3M15.500 10h3M4 4l2.100 2.100M13.900 13.900L16 16M16 4l-2.100 2.100M6.100 13.900L4 16"/></svg>`;
const MOON = `<svg viewBox="0 0 20 20" width="16" height="16" fill="none" stroke="currentColor" stroke-width="1.6" aria-hidden="true"><path d="M16.500 12.200A7 7 0 0 1 7.800 3.500a7 7 0 1 0 8.700 8.700z"/></svg>`;
