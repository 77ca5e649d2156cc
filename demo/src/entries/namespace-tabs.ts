import type { Store } from '@isokv/core';
import { beforeFrame, h, setText } from '../dom.ts';
import { formatCount } from '../format.ts';

/** What the default namespace, whose name is empty, is called here. */
const DEFAULT_TITLE = '(default)';

interface Tab {
  readonly button: HTMLButtonElement;
  readonly count: HTMLElement;
}

/** A tab for every namespace that has entries, and for those that are `always` there. */
export function namespaceTabs(
  store: Store,
  always: readonly string[],
  panelId: string,
  select: (name: string) => void,
): HTMLElement {
  const element = h('div', { class: 'namespace-tabs', role: 'tablist', 'aria-label': 'Namespaces' });
  const tabs = new Map<string, Tab>();
  let selected = always[0] ?? '';

  const draw = (): void => {
    // The one that is selected stays when its last entry goes: what it shows is still there.
    const names = [...new Set([...always, ...store.namespaces(), selected])];
    for (const [name, { button }] of tabs) {
      if (names.includes(name)) continue;
      button.remove();
      tabs.delete(name);
    }
    for (const [at, name] of names.entries()) {
      const { button, count } = tabs.get(name) ?? create(name);
      // Moved only when it must be: a button that is moved loses the focus.
      if (element.children[at] !== button) element.insertBefore(button, element.children[at] ?? null);
      setText(count, formatCount(name === '' ? store.size : store.namespace(name).size));
      button.ariaSelected = String(name === selected);
      button.tabIndex = name === selected ? 0 : -1;
    }
  };

  const create = (name: string): Tab => {
    const title = name === '' ? DEFAULT_TITLE : name;
    const count = h('span', { class: 'figure' });
    const button = h(
      'button',
      {
        type: 'button',
        role: 'tab',
        title,
        'data-name': name,
        'aria-controls': panelId,
        onclick: () => choose(name),
        onkeydown: move,
      },
      h('bdi', {}, title),
      count,
    );
    tabs.set(name, { button, count });
    return { button, count };
  };

  const choose = (name: string): void => {
    selected = name;
    draw();
    tabs.get(name)?.button.focus();
    select(name);
  };

  const move = (event: KeyboardEvent): void => {
    const names = [...element.children].map((tab) => (tab as HTMLElement).dataset['name']);
    const at = names.indexOf(selected);
    const next = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: -1 }[event.key];
    const name = next === undefined ? undefined : names.at(next % names.length);
    if (name === undefined) return;
    event.preventDefault();
    choose(name);
  };

  draw();
  store.on('change', beforeFrame(draw));
  store.on('expire', beforeFrame(draw));
  return element;
}
