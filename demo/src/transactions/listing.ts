/** The code of a transfer, with the line it ended at. */
import { h } from '../dom.ts';

const LINES = `await store.transaction((tx) => {
  const accounts = tx.namespace('accounts');
  accounts.increment(to, amount);
  accounts.decrement(from, amount);
  const left = accounts.require(from);
  if (left < 0) {
    throw new Error(\`\${from} would have \${left}\`);
  }
});`.split('\n');
const ENDS = { thrown: 6, done: 8 };

export function createListing(): { element: HTMLElement; mark(end: keyof typeof ENDS): void } {
  const lines = LINES.map((line) => h('span', { class: 'line' }, line));
  const element = h(
    'pre',
    { class: 'listing', tabindex: 0, 'aria-label': 'The code of a transfer' },
    ...lines,
  );
  return {
    element,
    mark(end) {
      for (const [index, line] of lines.entries()) {
        line.classList.toggle('is-done', end === 'done' && index === ENDS.done);
        line.classList.toggle('is-thrown', end === 'thrown' && index === ENDS.thrown);
      }
    },
  };
}
