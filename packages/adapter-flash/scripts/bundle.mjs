/** Device sources, modules in TypeScript, as plain scripts: the core, and those that add to it. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'acorn';
import { full } from 'acorn-walk';
import { build } from 'esbuild';
// @ts-expect-error: it has no types.
import { minify as uglify } from 'uglify-js';

const folder = fileURLToPath(new URL('../src/device/', import.meta.url));
/** The scripts beside the core: what they are called, and their modules. */
const ADD_ONS = {
  crc32: 'crc32.ts',
  utf8: 'utf8.ts',
  summary: 'summary.ts',
  large: 'large.ts',
  data: 'data.ts',
  msgpack: 'msgpack.ts',
  index: 'sorted-index.ts',
  increment: 'increment.ts',
  upkeep: 'upkeep.ts',
};

/**
 * The modules that `entry` imports come in front of it, each function after those it calls. `target: es5` refuses
 * what came later, names that begin with _ are shortened, and the way a bundler exports is left out.
 *
 * @param {string} entry path of a module
 * @param {{ minify?: boolean }} [options]
 * @returns {Promise<string>} ends in `exports.name = name;` for each of its exports
 */
export async function bundle(entry, { minify = true } = {}) {
  const { code, exported } = await join({ entryPoints: [entry] });
  const script = code + exported.map(({ name, local }) => `exports.${name} = ${local};\n`).join('');
  return minify ? minified(script) : script;
}

/**
 * What boards load: `device` is the core. The others add to it, and take what they need of it from its `exports._`.
 *
 * @param {{ minify?: boolean }} [options]
 * @returns {Promise<Record<string, string>>} by name
 */
export async function bundleAll({ minify = true } = {}) {
  const modules = await coreModules();
  const shared = new Map(Object.values(ADD_ONS).flatMap((file) => [...importsOf(file, modules)]));
  const names = [...shared.keys()];
  const contents = [
    `export { open } from './open.ts';`,
    ...names.map((name) => `export { ${name} } from './${shared.get(name)}';`),
  ].join('\n');
  const core = await join({ stdin: { contents, resolveDir: folder, loader: 'ts' } });
  const localOf = (/** @type {string} */ name) => core.exported.find((one) => one.name === name)?.local;
  /** @type {Record<string, string>} */
  const scripts = {
    device: `${core.code}exports.open = ${localOf('open')};\nexports._ = [${names.map(localOf)}];\n`,
  };
  for (const [name, file] of Object.entries(ADD_ONS)) {
    const entryPoints = [`${folder}${file}`];
    const plugins = [fromCore(modules, importsOf(file, modules), names)];
    const added = await join({ entryPoints, plugins, mangleCache: core.mangled });
    scripts[name] = `exports.addTo = function (isokv) {\n${added.code}addTo(isokv);\n};\n`;
  }
  if (minify) for (const name of Object.keys(scripts)) scripts[name] = minified(scripts[name] ?? '');
  return scripts;
}

/**
 * The modules of the core. What else an add-on imports is a part of it.
 * @returns {Promise<Set<string>>} names of files
 */
async function coreModules() {
  const { metafile } = await build({
    entryPoints: [`${folder}open.ts`],
    bundle: true,
    metafile: true,
    write: false,
    logLevel: 'silent',
  });
  return new Set(Object.keys(metafile.inputs).map((path) => path.slice(path.lastIndexOf('/') + 1)));
}

/**
 * What a module beside the core imports from it, constants aside, or has others import.
 * @param {string} file
 * @param {Set<string>} modules of the core
 * @returns {Map<string, string>} names, and where they come from
 */
function importsOf(file, modules) {
  const source = readFileSync(`${folder}${file}`, 'utf8');
  const imports = [...source.matchAll(/import {([^}]*)} from '\.\/([^']*)'/g)];
  return new Map(
    imports.flatMap(([, list = '', from = '']) => {
      if (!modules.has(from)) return [...importsOf(from, modules)];
      return list
        .split(',')
        .map((name) => name.trim())
        .filter((name) => /^[a-z]\w*$/.test(name))
        .map((name) => /** @type {[string, string]} */ ([name, from]));
    }),
  );
}

/**
 * Puts in place of the core's modules what takes their functions from `isokv._`; their constants stay.
 * @param {Set<string>} modules
 * @param {Map<string, string>} imports
 * @param {string[]} order
 * @returns {import('esbuild').Plugin}
 */
function fromCore(modules, imports, order) {
  return {
    name: 'from core',
    setup(plugin) {
      plugin.onResolve({ filter: /^\.\// }, ({ path }) =>
        modules.has(path.slice(2)) ? { path, namespace: 'core' } : undefined,
      );
      plugin.onLoad({ filter: /./, namespace: 'core' }, ({ path }) => {
        const source = readFileSync(`${folder}${path}`, 'utf8');
        const constants = source.match(/^export var [A-Z_]+ = .*;$/gm) ?? [];
        const functions = [...imports].flatMap(([name, from]) =>
          `./${from}` === path ? `export var ${name} = isokv._[${order.indexOf(name)}];` : [],
        );
        return { contents: [...constants, ...functions].join('\n'), loader: 'ts' };
      });
    },
  };
}

/**
 * One script of some modules, without its exports, and those.
 * @param {import('esbuild').BuildOptions} options
 */
async function join(options) {
  const { outputFiles, mangleCache } = await build({
    bundle: true,
    format: 'esm',
    target: 'es5',
    charset: 'ascii',
    legalComments: 'none',
    mangleProps: /^_[a-z]/,
    mangleCache: {}, // Asks for it.
    write: false,
    logLevel: 'silent', // An error is thrown as well.
    ...options,
  });
  const script = outputFiles?.[0]?.text ?? '';
  const [list = '', names = ''] = /export\s*{([^}]*)};?\s*$/.exec(script) ?? [];
  const exported = names
    .split(',')
    .map((name) => name.trim().split(/\s+as\s+/))
    .flatMap(([local, name = local]) => (local ? [{ local, name }] : []));
  const code = withoutConstants(
    script.slice(0, script.length - list.length),
    exported.map(({ local }) => local),
  );
  return { code, exported, mangled: mangleCache ?? {} };
}

/**
 * Puts figures in the place of the constants that name them, for esbuild does so with `const` only.
 * @param {string} script
 * @param {string[]} kept names that others use
 */
function withoutConstants(script, kept) {
  const tree = parse(script, { ecmaVersion: 5, sourceType: 'script' });
  /** @type {Map<string, string>} */
  const figures = new Map();
  /** @type {{ start: number, end: number, text: string }[]} */
  const edits = [];
  for (const node of tree.body) {
    if (node.type !== 'VariableDeclaration') continue;
    for (const { id, init } of node.declarations) {
      if (id.type !== 'Identifier' || init?.type !== 'Literal' || typeof init.value !== 'number') continue;
      if (!/^[A-Z][A-Z_]*\d*$/.test(id.name) || node.declarations.length > 1 || kept.includes(id.name))
        continue;
      figures.set(id.name, String(init.value));
      edits.push({ start: node.start, end: node.end, text: '' });
    }
  }
  full(tree, (node) => {
    const text = node.type === 'Identifier' && figures.get(/** @type {any} */ (node).name);
    if (text) edits.push({ start: node.start, end: node.end, text });
  });
  return edits
    .filter(
      ({ start, end, text }) =>
        text === '' || !edits.some((one) => one.text === '' && one.start < start && end <= one.end),
    )
    .sort((a, b) => b.start - a.start)
    .reduce((code, { start, end, text }) => code.slice(0, start) + text + code.slice(end), script);
}

/**
 * Functions stay in front, each after those it calls; none is made anew wherever it is called.
 * @param {string} script
 */
function minified(script) {
  const { code, error } = uglify(script, {
    toplevel: true,
    module: false,
    compress: { passes: 5, keep_fargs: false, hoist_funs: true, hoist_vars: true, reduce_funcs: false },
    output: { ascii_only: true },
  });
  if (error) throw error;
  return `${code}\n`;
}
