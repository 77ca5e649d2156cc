/** The panel that the address names, made when it is first asked for and kept. */
import type { App, Panel } from './app.ts';
import { h } from './dom.ts';
import { describeError } from './format.ts';

export interface Route {
  readonly name: string;
  readonly title: string;
  /** One or two sentences under the title. */
  readonly lead: string;
  readonly load: () => Promise<(app: App) => Panel>;
}

interface Shown {
  readonly panel: Panel;
  readonly page: HTMLElement;
}

export function navigation(routes: readonly Route[]): HTMLElement {
  const links = routes.map(({ name, title }) => h('li', {}, h('a', { href: `#${name}` }, title)));
  return h('nav', { class: 'panels', 'aria-label': 'Panels' }, h('ul', {}, ...links));
}

/** Begins to fetch the panel that the address names. */
export function fetchPanel(routes: readonly Route[]): void {
  void named(routes)
    ?.load()
    .catch(() => undefined); // Shown, and said, when the panel is.
}

function named(routes: readonly Route[]): Route | undefined {
  return routes.find(({ name }) => `#${name}` === location.hash) ?? routes[0];
}

/** Shows the panels in `main`, and marks the current one in `nav`. Resolves when the first is there. */
export function startRouter(
  routes: readonly Route[],
  app: App,
  nav: HTMLElement,
  main: HTMLElement,
): Promise<void> {
  const made = new Map<string, Promise<Shown>>();
  let hide: (() => void) | undefined;
  let latest = 0;

  const show = async (): Promise<void> => {
    const route = named(routes);
    if (!route) return;
    const turn = ++latest;
    for (const link of nav.querySelectorAll('a')) {
      const isCurrent = link.hash === `#${route.name}`;
      link.toggleAttribute('aria-current', false);
      if (!isCurrent) continue;
      link.setAttribute('aria-current', 'page');
      // On a phone the list is wider than the screen. In a frame it is in the document, the first time too.
      requestAnimationFrame(() => link.scrollIntoView({ block: 'nearest', inline: 'center' }));
    }
    const ready = made.get(route.name) ?? make(route, app);
    made.set(route.name, ready);
    const { panel, page } = await ready.catch((error: unknown) => {
      made.delete(route.name);
      return failed(route, error);
    });
    if (turn !== latest) return; // Another has been asked for meanwhile.
    hide?.();
    main.replaceChildren(page);
    document.title = `${route.title} · isokv`;
    hide = panel.shown?.();
  };

  addEventListener('hashchange', () => {
    if (location.hash === '#main') return;
    void show().then(() => main.focus({ preventScroll: true }));
    scrollTo(0, 0);
  });
  return show();
}

async function make(route: Route, app: App): Promise<Shown> {
  const create = await route.load();
  return framed(route, create(app));
}

/** In the place of a panel whose program did not come. Browsers remember that, so only a new page asks again. */
function failed(route: Route, error: unknown): Shown {
  const element = h(
    'div',
    { class: 'notice is-bad', role: 'alert' },
    h('p', {}, `This panel could not be fetched. ${describeError(error).message}`),
    h('p', {}, h('button', { type: 'button', onclick: () => location.reload() }, 'Reload the page')),
  );
  return framed(route, { element });
}

function framed({ name, title, lead }: Route, panel: Panel): Shown {
  const heading = h('header', {}, h('h1', {}, title), h('p', {}, lead));
  const page = h('article', { class: `panel panel-${name}` }, heading, panel.element);
  return { panel, page };
}
