/** Transactions: a transfer that succeeds, one that rolls back, and many at once. */
import { IsokvError } from '@isokv/core';
import type { App, Panel } from '../app.ts';
import { h } from '../dom.ts';
import { describeError, formatCount, formatDuration } from '../format.ts';
import { accountsOf, OWNERS, type Owner, openAccounts, TOTAL, transfer } from './accounts.ts';
import { createListing } from './listing.ts';

const AMOUNT = 120;
const TOO_MUCH = 5000;
const MANY = 1000;

export function transactionsPanel({ store }: App): Panel {
  const accounts = accountsOf(store);
  const outcomes = h('div', { class: 'outcomes', role: 'log', 'aria-label': 'Outcomes' });
  const hint = h('p', { class: 'soft' }, 'Nothing has been moved yet.');
  const listing = createListing();
  const balances = new Map(OWNERS.map((owner) => [owner, balance(owner)]));
  const total = h('b', { class: 'figure', 'data-testid': 'total' });

  const draw = (): void => {
    let sum = 0;
    for (const [owner, { bar, figure }] of balances) {
      const amount = accounts.get(owner) ?? 0;
      sum += amount;
      bar.style.width = `${(amount / TOTAL) * 100}%`;
      figure.textContent = formatCount(amount);
    }
    total.textContent = formatCount(sum);
  };

  const tell = (text: string, succeeded: boolean): void => {
    hint.hidden = true;
    outcomes.prepend(h('p', { class: succeeded ? 'notice is-good' : 'notice is-bad' }, text));
    while (outcomes.childElementCount > 5) outcomes.lastElementChild?.remove();
  };

  const attempt = async (from: Owner, to: Owner, amount: number): Promise<void> => {
    const before = store.stats().seq;
    try {
      await transfer(store, from, to, amount);
      listing.mark('done');
      tell(
        `Commit ${store.stats().seq}: ${amount} from ${from} to ${to}, both changes or neither. Durable.`,
        true,
      );
    } catch (error) {
      if (error instanceof IsokvError) {
        const { code, message } = error;
        return tell(
          `${amount} from ${from} to ${to}: done in memory, and kept there until the log takes it. ${code}: ${message}`,
          false,
        );
      }
      listing.mark('thrown');
      const untouched = store.stats().seq === before;
      tell(
        `Rolled back: ${(error as Error).message}. ${to} was credited inside the transaction, and ${untouched ? 'nothing was ever visible: there is no new commit.' : 'that was taken back.'}`,
        false,
      );
    }
  };

  const many = async (): Promise<void> => {
    const start_ms = performance.now();
    let refused = 0;
    let unsaved: IsokvError | undefined;
    const all = Array.from({ length: MANY }, (_, at) => {
      const [from, to] = at % 2 === 0 ? OWNERS : ([OWNERS[1], OWNERS[0]] as const);
      return transfer(store, from, to, Math.ceil(Math.random() * 400)).catch((error: unknown) => {
        if (error instanceof IsokvError) unsaved = error;
        else refused++;
      });
    });
    const visible_ms = performance.now() - start_ms;
    await Promise.all(all);
    const durable_ms = performance.now() - start_ms;
    tell(
      `${formatCount(MANY)} transfers: ${formatCount(MANY - refused)} done, ${formatCount(refused)} rolled back, visible after ${formatDuration(visible_ms)}, ${unsaved ? `and kept in memory until the log takes them. ${unsaved.code}: ${unsaved.message}.` : `durable after ${formatDuration(durable_ms)}.`} The sum is as it was.`,
      !unsaved,
    );
  };

  const give = (from: Owner, to: Owner, amount: number) => (): void => void attempt(from, to, amount);
  void openAccounts(store).catch((error: unknown) => tell(describeError(error).message, false));
  draw();
  accounts.watch({}, draw);

  const element = h(
    'div',
    { class: 'columns' },
    h(
      'section',
      { class: 'card' },
      ...[...balances.values()].map(({ element }) => element),
      h('p', { class: 'soft' }, 'Together ', total, ', always.'),
      h(
        'p',
        { class: 'row' },
        h(
          'button',
          { type: 'button', class: 'primary', onclick: give('ada', 'grace', AMOUNT) },
          `${AMOUNT} to grace`,
        ),
        h(
          'button',
          { type: 'button', class: 'primary', onclick: give('grace', 'ada', AMOUNT) },
          `${AMOUNT} to ada`,
        ),
        h(
          'button',
          { type: 'button', class: 'danger', onclick: give('ada', 'grace', TOO_MUCH) },
          `${formatCount(TOO_MUCH)} to grace`,
        ),
        h('button', { type: 'button', onclick: () => void many() }, `${formatCount(MANY)} at random`),
      ),
      listing.element,
    ),
    h('section', { class: 'card' }, h('h2', {}, 'What came of it'), hint, outcomes),
  );
  return { element };
}

function balance(owner: Owner): { element: HTMLElement; bar: HTMLElement; figure: HTMLElement } {
  const bar = h('span', {});
  const figure = h('b', { class: 'figure', 'data-testid': `balance-${owner}` });
  const element = h(
    'div',
    { class: 'balance' },
    h('p', {}, owner, figure),
    h('div', { class: 'scale', 'aria-hidden': 'true' }, bar),
  );
  return { element, bar, figure };
}
