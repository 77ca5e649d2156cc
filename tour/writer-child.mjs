/**
 * The process that is killed. It commits as fast as it can, several transactions at a time, and says on its
 * standard output which ones were acknowledged: each line is a transaction whose promise has resolved.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { crc32, fileLog, Store } from 'isokv';

/** Transactions under way at any time: a kill finds some written and not acknowledged. */
const WRITERS = 4;
const SHORT_CHARACTERS = 2000;
/** Now and then a long one, so that a kill may come in the middle of writing it. */
const LONG_CHARACTERS = 400_000;
const LONG_SHARE = 0.05;
/** Between two compactions, where they are asked for. */
const COMPACTION_INTERVAL_MS = 5;

const [path = '', mode] = process.argv.slice(2);
process.stdout.on('error', () => process.exit(1)); // Nobody listens any more.

const store = await Store.open(fileLog(path));
const texts = store.namespace('texts');
let last = texts.size;
if (mode === 'compacting') void compactAgainAndAgain();
await Promise.all(Array.from({ length: WRITERS }, writeOnAndOn));

async function writeOnAndOn() {
  for (;;) {
    const number = ++last;
    const text = randomText();
    await store.transaction((tx) => {
      tx.namespace('texts').set(String(number), text);
      tx.namespace('checksums').set(String(number), crc32(new TextEncoder().encode(text), 0));
      tx.set('last', number);
    });
    process.stdout.write(`${number}\n`);
    // Otherwise the writers would keep step, and every commit would be theirs together.
    if (Math.random() < 0.5) await nextTurn();
  }
}

async function compactAgainAndAgain() {
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, COMPACTION_INTERVAL_MS));
    await store.compact();
  }
}

function randomText() {
  const characters = Math.random() < LONG_SHARE ? LONG_CHARACTERS : SHORT_CHARACTERS;
  return `${Math.random()} é `.repeat(Math.ceil((Math.random() * characters) / 20));
}
