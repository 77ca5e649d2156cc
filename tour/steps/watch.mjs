import { COUNTRY } from '../cities.mjs';
/** @import { ChangeEvent, Namespace } from 'isokv' */
/** @import { City, Tour } from '../types.mjs' */

/** @param {Tour} tour */
export async function watch({ store, terminal, checks }) {
  const prefix = `${COUNTRY}:`;
  terminal.explain(
    `cities.watch({ prefix: '${prefix}' }, listener): called once for each commit that touches it.`,
  );
  /** @type {Namespace<Record<string, City>, string>} */
  const namespace = store.namespace('cities');
  const [first = '', second = ''] = namespace.keys({ prefix, limit: 2 });
  const [elsewhere = ''] = namespace.keys({ lt: prefix, reverse: true, limit: 1 });
  /** @type {(readonly ChangeEvent[])[]} */
  const calls = [];
  const unsubscribe = namespace.watch({ prefix }, (changes) => calls.push(changes));

  // Three writes of one turn: one commit.
  visit(namespace, first);
  visit(namespace, elsewhere);
  await visit(namespace, second);
  for (const { type, key } of calls.flat()) terminal.quote(`${type} ${key}`);
  checks.equal('a commit of three changes was one call', calls.length, 1);
  checks.equal(
    'with the two that are in the range',
    calls[0]?.map(({ key }) => key).join(),
    `${first},${second}`,
  );

  await visit(namespace, elsewhere);
  checks.equal('a commit elsewhere was none', calls.length, 1);
  unsubscribe();
  await visit(namespace, first);
  checks.equal('after unsubscribe() there are no more', calls.length, 1);
}

/**
 * @param {Namespace<Record<string, City>, string>} namespace
 * @param {string} key
 */
function visit(namespace, key) {
  return namespace.update(key, (city) => {
    if (!city) throw new Error(`there is no city ${key}`);
    return { ...city, visits: (city.visits ?? 0) + 1 };
  });
}
