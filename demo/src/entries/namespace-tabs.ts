import type { Store } from '@isokv/core';
import { beforeFrame, h } from '../dom.ts';
import { formatCount } from '../format.ts';

/** What the default namespace, whose name is empty, is called here. */
const DEFAULT_TITLE = '(default)';

/** A tab for every namespace that has entries, and for those that are `always` there. */
export function namespaceTabs(
  store: Store,
  always: readonly string[],
  panelId: string,
  select: (name: string) => void,
): HTMLElement {
  const element = h('div', { class: 'namespace-tabs', role: 'tablist', 'aria-label': 'Namespaces' });
  const counts = new Map<string, HTMLElement>();
  let selected = always[0] ?? '';

  const draw = (): void => {
    const names = [...new Set([...always, ...store.namespaces()])];
    if (names.length !== counts.size || names.some((name) => !counts.has(name))) {
      counts.clear();
      element.replaceChildren(...names.map(tab));
    }
    for (const [name, count] of counts) {
      count.textContent = formatCount(name === '' ? store.size : store.namespace(name).size);
    }
  };

  const tab = (name: string): HTMLElement => {
    const count = h('span', { class: 'figure' });
    counts.set(name, count);
    return h(
      'button',
      {
        type: 'button',
        role: 'tab',
        'data-name': name,
        'aria-controls': panelId,
        'aria-selected': String(name === selected),
        tabindex: name === selected ? 0 : -1,
        onclick: () => choose(name),
        onkeydown: move,
      },
      name === '' ? DEFAULT_TITLE : name,
      count,
    );
  };

  const choose = (name: string): void => {
    selected = name;
    for (const button of element.querySelectorAll('button')) {
      const isSelected = button.dataset['name'] === name;
      button.setAttribute('aria-selected', String(isSelected));
      button.tabIndex = isSelected ? 0 : -1;
      if (isSelected) button.focus();
    }
    select(name);
  };

  const move = (event: KeyboardEvent): void => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const names = [...counts.keys()];
    const next = step && names[(names.indexOf(selected) + step + names.length) % names.length];
    if (next === undefined || next === 0) return;
    event.preventDefault();
    choose(next);
  };

  draw();
  store.on('change', beforeFrame(draw));
  store.on('expire', beforeFrame(draw));
  return element;
}
