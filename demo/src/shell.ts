/** What surrounds the panels: the masthead with the log, the list of panels, the foot with the credits. */
import { credit } from 'virtual:cities';
import type { App } from './app.ts';
import { fragment, h } from './dom.ts';
import { logStrip } from './log-strip.ts';
import { offlineState } from './offline.ts';
import { navigation, type Route, startRouter } from './router.ts';
import { themeButton } from './theme.ts';

/** Puts all of it up in one go, so that nothing moves when the first panel comes. */
export async function mountShell(app: App, routes: readonly Route[]): Promise<void> {
  const nav = navigation(routes);
  const main = h('main', { id: 'main', tabindex: -1 });
  await startRouter(routes, app, nav, main);
  document.body.replaceChildren(
    skipLink(main),
    h('div', { class: 'edge neatline', 'aria-hidden': 'true' }),
    h('header', { class: 'masthead' }, brand(), logStrip(app), themeButton(app.settings)),
    nav,
    main,
    foot(),
  );
}

/** Moves the focus itself: the fragment of the address names the panel, and stays. */
function skipLink(main: HTMLElement): HTMLElement {
  const skip = (event: Event): void => {
    event.preventDefault();
    main.focus();
  };
  return h('a', { class: 'skip', href: '#main', onclick: skip }, 'Skip to the panel');
}

function brand(): HTMLElement {
  const text = h('span', {}, h('b', {}, 'isokv'), h('small', {}, 'a store on your machine'));
  return h('a', { class: 'brand', href: '#entries' }, fragment(ROSE), text);
}

function foot(): HTMLElement {
  return h(
    'footer',
    { class: 'foot' },
    h(
      'p',
      {},
      'Cities: ',
      h('a', { href: 'https://www.geonames.org/' }, 'GeoNames'),
      `, by way of the npm package ${credit.source} by ${credit.author}, `,
      h('a', { href: 'https://creativecommons.org/licenses/by/4.0/' }, credit.license),
    ),
    offlineState(),
  );
}

const ROSE = `<svg viewBox="0 0 40 40" fill="none" stroke="currentColor" aria-hidden="true"><circle cx="20" cy="20" r="14.500" stroke-width="3" stroke-dasharray="3.800 3.790"/><circle cx="20" cy="20" r="16.500"/><circle cx="20" cy="20" r="12.500"/><path fill="currentColor" stroke="none" d="M20 1l3.200 15.800L39 20l-15.800 3.200L20 39l-3.200-15.800L1 20l15.800-3.200z"/></svg>`;
