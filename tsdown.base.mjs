import { defineConfig } from 'tsdown';

/**
 * How every package is built: ES modules and their declarations, one file per entry.
 * A package which bundles anything that it does not name in `deps.onlyBundle` fails to build.
 *
 * @param {import('tsdown').UserConfig} options
 */
export const library = (options) =>
  defineConfig({
    format: 'esm',
    target: 'es2022',
    platform: 'neutral',
    fixedExtension: false,
    dts: true,
    deps: { onlyBundle: [] },
    copy: [{ from: '../../LICENSE', to: '.' }],
    ...options,
  });
