/** `npm start`: from a fresh clone to the tour. */
import { build, install, run } from './setup.mjs';

await install();
if (!(await build())) process.exit(1);
const { code } = await run('node tour/main.mjs', 'inherit');
process.exitCode = code ?? 1;
