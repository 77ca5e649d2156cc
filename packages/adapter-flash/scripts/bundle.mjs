/** Device sources, modules in TypeScript, as one plain script. */
import { build } from 'esbuild';

/**
 * The modules that `entry` imports come in front of it, each function after those it calls. `target: es5` refuses
 * what came later, names that begin with _ are shortened, and the way a bundler exports is left out.
 *
 * @param {string} entry path of a module
 * @param {{ minify?: boolean }} [options]
 * @returns {Promise<string>} ends in `exports.name = name;` for each of its exports
 */
export async function bundle(entry, { minify = true } = {}) {
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    format: 'esm',
    target: 'es5',
    charset: 'ascii',
    legalComments: 'none',
    mangleProps: /^_[a-z]/,
    minify,
    write: false,
    logLevel: 'silent', // An error is thrown as well.
  });
  return plain(outputFiles[0]?.text ?? '');
}

/** @param {string} script */
function plain(script) {
  return script.replace(/export\s*{([^}]*)};?\s*$/, (_, names) =>
    String(names)
      .split(',')
      .map((name) => name.trim().split(/\s+as\s+/))
      .filter(([local]) => local)
      .map(([local, exported = local]) => `exports.${exported}=${local};\n`)
      .join(''),
  );
}
