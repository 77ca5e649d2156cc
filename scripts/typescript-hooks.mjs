/** Loads TypeScript by taking its types away. What was translated once is kept in node_modules/.cache. */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

/** @typedef {{ file: string, find: string, replace: string }} Patch */

const require = createRequire(import.meta.url);
const { version } = require('typescript/package.json');
const root = fileURLToPath(new URL('..', import.meta.url));
const cache = new URL('../node_modules/.cache/isokv-typescript/', import.meta.url);

/** @type {Patch[]} */
let patches = [];

/** @param {Patch[]} data */
export function initialize(data) {
  patches = data;
  mkdirSync(cache, { recursive: true });
}

/** @type {import('node:module').LoadHook} */
export async function load(url, context, next) {
  if (!url.startsWith('file:') || !url.endsWith('.ts')) return next(url, context);
  const path = fileURLToPath(url);
  let source = readFileSync(path, 'utf8');
  for (const { file, find, replace } of patches) {
    if (path !== root + file) continue;
    if (source.split(find).length !== 2) throw new Error(`${file} has not exactly one\n${find}`);
    source = source.replace(find, () => replace);
  }
  return { format: 'module', shortCircuit: true, source: translated(source) };
}

/** @param {string} source */
function translated(source) {
  const key = createHash('sha256').update(version).update(source).digest('hex');
  const kept = new URL(`${key}.js`, cache);
  try {
    return readFileSync(kept, 'utf8');
  } catch {
    const ts = require('typescript'); // Which takes half a second to load: only where there is something to translate.
    const { outputText } = ts.transpileModule(source, {
      compilerOptions: {
        target: ts.ScriptTarget.ES2022,
        module: ts.ModuleKind.ESNext,
        verbatimModuleSyntax: true,
      },
    });
    const unfinished = new URL(`${key}.${process.pid}`, cache);
    writeFileSync(unfinished, outputText);
    renameSync(unfinished, kept);
    return outputText;
  }
}
