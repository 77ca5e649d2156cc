/**
 * Writes so many entries to a JSON file that others write, too: `<path> <name> <count>`. What was refused is written
 * again on top of what the others wrote. Prints how often that was.
 */
import { Store } from '@isokv/core';
import { jsonFile } from '../../json/json-file.ts';

const [path = '', name, count] = process.argv.slice(2);
const store = await Store.open(jsonFile(path, { format: 'plain' }));
store.on('error', () => undefined); // The promise says it.
let refused = 0;

for (let n = 0; n < Number(count); ) {
  try {
    await store.set(`${name} ${n}`, n);
    n++;
  } catch (error) {
    if ((error as { code?: string }).code !== 'EXTERNAL_CHANGE') throw error;
    refused++;
    await store.refresh();
  }
}
await store.close();
process.stdout.write(`${refused}`);
