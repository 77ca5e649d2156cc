/** What stores of the browser add to a page, minified and gzipped with all that they import: `node scripts/sizes.mjs`. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
// @ts-expect-error it has no declarations
import esbuild from '@size-limit/esbuild';
// @ts-expect-error as above
import file from '@size-limit/file';
import sizeLimit from 'size-limit';
import { build } from './setup.mjs';

const imports = {
  'isokv, in memory': "import { Store } from '@isokv/core'; console.log(Store);",
  'isokv, in IndexedDB': "import { open } from 'isokv'; console.log(open);",
  'idb-keyval':
    "import { get, set, update, entries } from 'idb-keyval'; console.log(get, set, update, entries);",
  localForage: "import localforage from 'localforage'; console.log(localforage);",
  Dexie: "import Dexie from 'dexie'; console.log(Dexie);",
};

if (!(await build())) process.exit(1);
// In this folder, so that the packages of the workspace are found.
const folder = fileURLToPath(new URL('sizes-of/', import.meta.url));
mkdirSync(folder);
try {
  for (const [name, code] of Object.entries(imports)) {
    const entry = `${folder}${name.replaceAll(/\W/g, '-')}.mjs`;
    writeFileSync(entry, code);
    const checks = [{ files: [entry], gzip: true }];
    const [result] = /** @type {{ size: number }[]} */ (await sizeLimit([file, esbuild], { checks }));
    console.log(`${((result?.size ?? Number.NaN) / 1000).toFixed(1).padStart(5)} kB  ${name}`);
  }
} finally {
  rmSync(folder, { recursive: true });
}
