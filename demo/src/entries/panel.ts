/** Entries: the chart, a tab for every namespace, the search, the table. */
import type { Namespace } from '@isokv/core';
import type { App, Panel } from '../app.ts';
import { CITIES, foldName } from '../city.ts';
import { h } from '../dom.ts';
import { describeError, formatCount, formatDuration } from '../format.ts';
import { addEntryDialog } from './add-entry.ts';
import { Changes } from './changes.ts';
import { citiesCard } from './cities-card.ts';
import { createCityChart } from './city-chart.ts';
import { namespaceTabs } from './namespace-tabs.ts';
import { addSessions, removeCities, SESSIONS } from './sample-data.ts';
import { Search } from './search.ts';
import { createTable } from './table.ts';

const TABLE_ID = 'entries-table';

export function entriesPanel(app: App): Panel {
  const { store } = app;
  let name = CITIES;
  let namespace: Namespace = store.namespace(CITIES);
  let fromTop = true;

  const said = h('p', { class: 'entries-said small figure', role: 'status', 'data-testid': 'said' });
  const say = (message: string, isError = false): void => {
    said.textContent = message;
    said.classList.toggle('bad', isError);
  };
  const answer = h('output', { class: 'figure', 'data-testid': 'answer' });
  const input = h('input', {
    type: 'search',
    'aria-label': 'Keys that begin with',
    placeholder: 'Keys that begin with …',
    autocomplete: 'off',
    spellcheck: 'false',
    oninput: () => find(true),
  });
  const dialog = addEntryDialog(() => namespace, say);
  const chart = createCityChart(store, citiesCard(app, say));
  const table = createTable({ say, point: (key) => chart.point(name === CITIES ? key : undefined) });

  const search = new Search({
    began: (list) => table.show(namespace, list, { fromTop }),
    found(list, from, answer_ms) {
      if (from === 0) chart.clearFound();
      else table.draw();
      if (name === CITIES && input.value !== '') chart.addFound(list.keys, from);
      const found = `${formatCount(list.keys.length)} of ${formatCount(namespace.size)}`;
      // The clocks of browsers are coarse: some show that no time has passed.
      const time = answer_ms === 0 ? 'at once' : `in ${formatDuration(answer_ms)}`;
      answer.textContent = `${list.done ? found : 'counting'} · answered ${time}`;
    },
  });
  const find = (isNew: boolean): void => {
    fromTop = isNew;
    // Names of cities are found however they are written: `são` and `Sao` are the same.
    search.begin(namespace, name === CITIES ? foldName(input.value) : input.value);
  };

  const changes = new Changes(store, (keysChanged) => {
    if (!element.isConnected) return; // It looks again when it is shown.
    if (keysChanged) find(false);
    else table.draw();
    drawButtons();
  });

  const select = (selected: string): void => {
    name = selected;
    namespace = selected === '' ? (store as Namespace) : store.namespace(selected);
    changes.follow(name, namespace);
    chart.element.hidden = name !== CITIES;
    table.element.dataset['namespace'] = name;
    input.value = '';
    find(true);
    drawButtons();
  };

  const button = (title: string, onclick: () => void): HTMLButtonElement =>
    h('button', { type: 'button', onclick }, title);
  const add = button('Add an entry', () => dialog.showModal());
  const sessions = button(
    'Add five that expire',
    () => void addSessions(store).catch((error: unknown) => say(describeError(error).message, true)),
  );
  const remove = button(
    'Remove the cities',
    () =>
      void removeCities(store).then(
        () => say('The cities are removed.'),
        (error: unknown) => say(describeError(error).message, true),
      ),
  );
  const drawButtons = (): void => {
    sessions.hidden = name !== SESSIONS;
    remove.hidden = name !== CITIES || namespace.size === 0;
  };

  const element = h(
    'div',
    {},
    chart.element,
    namespaceTabs(store, [CITIES, SESSIONS], TABLE_ID, select),
    h(
      'div',
      { id: TABLE_ID, role: 'tabpanel', 'aria-label': 'Entries of the namespace' },
      h('div', { class: 'table-bar' }, input, answer, add, sessions, remove),
      table.element,
      said,
    ),
    dialog,
  );
  select(CITIES);

  return {
    element,
    shown() {
      changes.follow(name, namespace);
      find(false);
      drawButtons();
      const clock = setInterval(() => table.draw(), 250); // For what expires.
      return () => clearInterval(clock);
    },
  };
}
