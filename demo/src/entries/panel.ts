/** Entries: the chart, a tab for every namespace, the search, the table. */
import type { Namespace } from '@isokv/core';
import type { App, Panel } from '../app.ts';
import { CITIES, foldName } from '../city.ts';
import { confirmed } from '../confirm.ts';
import { h, setText } from '../dom.ts';
import { countOf, describeError, formatCount, formatDuration } from '../format.ts';
import { addEntryDialog } from './add-entry.ts';
import { Changes } from './changes.ts';
import { citiesCard } from './cities-card.ts';
import { createCityChart } from './city-chart.ts';
import { namespaceTabs } from './namespace-tabs.ts';
import { createSaid } from './said.ts';
import { addSessions, removeCities, SESSIONS } from './sample-data.ts';
import { Search } from './search.ts';
import { createTable } from './table.ts';

const TABLE_ID = 'entries-table';

export function entriesPanel(app: App): Panel {
  const { store } = app;
  let name = CITIES;
  let namespace: Namespace = store.namespace(CITIES);
  let fromTop = true;

  const { element: said, say } = createSaid();
  const sayError = (error: unknown): void => say(describeError(error).message, { isError: true });
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
      if (input.value === '') return setText(answer, countOf(namespace.size, 'entry', 'entries'));
      const found = `${formatCount(list.keys.length)} of ${formatCount(namespace.size)}`;
      // The clocks of browsers are coarse: some show that no time has passed.
      const time = answer_ms === 0 ? 'at once' : `in ${formatDuration(answer_ms)}`;
      setText(answer, `${list.done ? found : 'Counting'} · answered ${time}`);
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

  const askToRemove = async (): Promise<void> => {
    const isWanted = await confirmed({
      title: `Remove ${countOf(namespace.size, 'city', 'cities')}?`,
      text: 'They go in every tab. They can be loaded again; what you have added or edited among them cannot.',
      action: 'Remove them',
      keep: 'Keep them',
    });
    if (!isWanted) return;
    await removeCities(store);
    say('The cities are removed.');
  };

  const button = (title: string, onclick: () => void, kind?: string): HTMLButtonElement =>
    h('button', { type: 'button', class: kind, onclick }, title);
  const add = button('Add an entry', () => dialog.showModal());
  const sessions = button('Add five that expire', () => void addSessions(store).catch(sayError));
  const remove = button('Remove the cities', () => void askToRemove().catch(sayError), 'danger');
  const drawButtons = (): void => {
    sessions.hidden = name !== SESSIONS;
    remove.hidden = name !== CITIES;
    remove.disabled = namespace.size === 0;
  };

  const element = h(
    'div',
    {},
    chart.element,
    namespaceTabs(store, [CITIES, SESSIONS], TABLE_ID, select),
    h(
      'div',
      { id: TABLE_ID, role: 'tabpanel', 'aria-label': 'Entries of the namespace' },
      h('div', { class: 'table-bar' }, input, answer, h('div', { class: 'row' }, sessions, add, remove)),
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
      const clock = setInterval(() => table.tick(), 250);
      return () => clearInterval(clock);
    },
  };
}
