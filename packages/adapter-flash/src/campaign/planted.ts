/** Bugs put into the sources, in memory. */
import { readFileSync } from 'node:fs';
import { build } from 'esbuild';
import type { Mutant } from './mutants.ts';

const here = new URL('./', import.meta.url);

/**
 * The module `entry`, from here, with a bug planted in what it is made of.
 * @throws when what is to be changed is not there, or not once
 */
export async function planted<Module>(entry: string, { file, find, put }: Mutant): Promise<Module> {
  const changed = new URL(`../device/${file}`, here).pathname;
  const { outputFiles } = await build({
    entryPoints: [new URL(entry, here).pathname],
    bundle: true,
    format: 'cjs',
    conditions: ['@isokv/source'],
    write: false,
    logLevel: 'silent',
    plugins: [
      {
        name: 'plant',
        setup(plugin) {
          plugin.onLoad({ filter: /\.ts$/ }, ({ path }) => {
            if (path !== changed) return undefined;
            const source = readFileSync(path, 'utf8');
            if (source.split(find).length !== 2) throw new Error(`${file} does not have "${find}" once`);
            return { contents: source.replace(find, () => put), loader: 'ts' };
          });
        },
      },
    ],
  });
  const module = { exports: {} as Module };
  new Function('module', 'exports', outputFiles[0]?.text ?? '')(module, module.exports);
  return module.exports;
}
