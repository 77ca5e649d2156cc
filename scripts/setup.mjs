/** What every script here shares. It needs nothing but Node, for it is what installs the rest. */
import { spawn } from 'node:child_process';
import { statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 20)) {
  console.error(`isokv needs Node 20.20 or newer, and this is Node ${process.versions.node}.`);
  process.exit(1);
}

const root = fileURLToPath(new URL('..', import.meta.url));
process.chdir(root);
Object.assign(process.env, {
  PATH: join(root, 'node_modules/.bin') + delimiter + process.env.PATH,
  TURBO_TELEMETRY_DISABLED: '1',
  DO_NOT_TRACK: '1',
  ...(!process.stdout.isTTY && { NO_COLOR: '1' }),
});

/** Installs what the lockfile names, when that has not been done since the lockfile changed. */
export async function install() {
  if (modified('node_modules/.package-lock.json') >= modified('package-lock.json')) return;
  if (!(await step('install, once, what the lockfile names (half a minute or so)', 'npm ci')))
    process.exit(1);
}

/** Builds the packages whose sources changed; `@isokv/demo`: the demo, and the packages it needs. */
export const build = (what = './packages/*') =>
  step(`build ${what}`, `turbo run build --filter=${what} --output-logs=errors-only`);

/**
 * Runs a command and prints one line about it, and its output only when it fails.
 *
 * @param {string} name
 * @param {string} command
 * @returns {Promise<boolean>} whether it succeeded
 */
export async function step(name, command) {
  process.stdout.write(`${name} ... `);
  const start_ms = performance.now();
  const { code, output } = await run(command, 'pipe');
  const seconds = ((performance.now() - start_ms) / 1000).toFixed(1);
  console.log(`${code === 0 ? 'ok' : 'FAILED'} (${seconds} s)`);
  if (code !== 0) console.log(`\n$ ${command}\n${output}`);
  return code === 0;
}

/**
 * @param {string} command
 * @param {'pipe' | 'inherit'} stdio
 * @returns {Promise<{ code: number | null, output: string }>}
 */
export async function run(command, stdio) {
  const child = spawn(command, { shell: true, stdio: ['inherit', stdio, stdio] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (output += chunk));
  // Ctrl-C reaches the child as well; wait for it, so that nothing is left running behind the prompt.
  let interrupted = false;
  const onInterrupt = () => {
    if (stdio === 'pipe' && !interrupted) console.log('\nStopping ...');
    interrupted = true;
  };
  process.on('SIGINT', onInterrupt);
  const code = await new Promise((resolve) => child.on('close', resolve));
  process.off('SIGINT', onInterrupt);
  if (interrupted) process.exit(130);
  return { code, output };
}

/** @param {string} path */
function modified(path) {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
