/** Everything about the code that a tool can check, apart from the tests: `npm run check`. */
import { pathToFileURL } from 'node:url';
import { build, step } from './setup.mjs';

const checks = {
  'lint and format': 'biome ci --error-on-warnings --colors=off',
  types: 'turbo run typecheck --output-logs=errors-only --continue',
  layers: 'depcruise --config .dependency-cruiser.cjs --output-type err-long packages/*/src',
  'unused code and dependencies': 'knip',
  'package manifests': 'turbo run publint --output-logs=errors-only --continue',
  'declarations as shipped': 'tsc -p test/consumer && tsc -p test/consumer/tsconfig.bundler.json',
  'package types': 'turbo run attw --output-logs=errors-only --continue',
  'size budget': 'size-limit',
  'core depends on nothing': 'node scripts/check-core.mjs',
};

/** Builds, then runs every check, also after one has failed. */
export async function check() {
  const results = [await build()];
  for (const [name, command] of Object.entries(checks)) results.push(await step(name, command));
  const passed = results.filter(Boolean).length;
  return { passed, failed: results.length - passed };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { passed, failed } = await check();
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
}
