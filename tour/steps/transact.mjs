import { formatCount } from '../figures.mjs';
/** @import { Tour } from '../types.mjs' */

/** @param {Tour} tour */
export async function transact(tour) {
  const { terminal, checks } = tour;
  terminal.explain('store.transaction(tx => …): one commit over all namespaces, or a throw and nothing.');
  await tour.store.namespace('accounts').setMany([
    ['ada', 100],
    ['grace', 20],
  ]);

  const left = await transfer(tour, 'ada', 'grace', 30);
  terminal.figure('ada pays grace 30', balances(tour), 'ada, grace');
  checks.equal("the transaction's result came back", left, 70);
  checks.equal('both balances have changed', balances(tour), '70, 50');

  const { seq, logBytes } = tour.store.stats();
  const error = await transfer(tour, 'ada', 'grace', 80).catch((error) => error);
  terminal.figure('ada pays grace 80: throws', balances(tour), error.message);
  checks.equal('the error came through', error.message, 'ada has only 70');
  checks.equal('no balance has changed', balances(tour), '70, 50');
  checks.equal('and the other namespace neither', tour.store.namespace('transfers').size, 1);
  checks.equal('nothing was committed', tour.store.stats().seq, seq);
  checks.equal('and not a byte written', tour.store.stats().logBytes, logBytes);

  await tour.reopen();
  terminal.figure(
    'after closing and opening',
    balances(tour),
    `commit ${formatCount(tour.store.stats().seq)}`,
  );
  checks.equal('the balances are the same', balances(tour), '70, 50');
}

/**
 * @param {Tour} tour
 * @param {string} from
 * @param {string} to
 * @param {number} amount
 * @returns {Promise<number>} what the payer has left
 */
async function transfer({ store }, from, to, amount) {
  return store.transaction((tx) => {
    const accounts = tx.namespace('accounts');
    tx.namespace('transfers').set(`${from} to ${to}: ${amount}`, { from, to, amount });
    accounts.increment(to, amount);
    const balance = accounts.require(from);
    const left = accounts.decrement(from, amount);
    if (left < 0) throw new Error(`${from} has only ${balance}`);
    return left;
  });
}

/** @param {Tour} tour */
function balances({ store }) {
  return store.namespace('accounts').getMany(['ada', 'grace']).join(', ');
}
