/** `npm run demo`: from a fresh clone to the demo in a browser. Serves it until Ctrl-C. */
import { build, install, run } from './setup.mjs';

await install();
if (!(await build('@isokv/demo'))) process.exit(1);
console.log('\nOpen the address below in a browser, in two tabs if you like. Ctrl-C ends it.');
const { code } = await run('vite preview demo', 'inherit');
process.exitCode = code ?? 1;
