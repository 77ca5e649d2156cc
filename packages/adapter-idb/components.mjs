/** A plugin of Vite that compiles the components of READMEs: `.svelte`, with `?server` for a server, and `.vue`. */
import { compile } from 'svelte/compiler';
import { transformWithOxc } from 'vite';
import { compileScript, parse } from 'vue/compiler-sfc';

/** @returns {import('vite').Plugin} */
export function components() {
  return {
    name: 'components',
    enforce: 'pre',
    config: () => ({
      define: {
        __VUE_OPTIONS_API__: 'true',
        __VUE_PROD_DEVTOOLS__: 'false',
        __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: 'false',
      },
    }),
    transform(source, id) {
      const [filename = '', query] = id.split('?');
      if (filename.endsWith('.svelte')) {
        return compile(source, { filename, generate: query === 'server' ? 'server' : 'client' }).js;
      }
      if (!filename.endsWith('.vue')) return undefined;
      const { descriptor } = parse(source, { filename });
      const { content } = compileScript(descriptor, { id: filename, inlineTemplate: true });
      return transformWithOxc(content, `${filename}.ts`);
    },
  };
}
