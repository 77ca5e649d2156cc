/** Runs the writer, and looks at what it has left. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { fileLog, Store } from 'isokv';
import { last, wrong } from './ledger.mjs';

const writer = fileURLToPath(new URL('writer.mjs', import.meta.url));

/**
 * @typedef {object} Run
 * @property {number} acknowledged  the last commit that was; 0 if none
 * @property {boolean} opened
 * @property {boolean} closed
 * @property {number | null} code
 * @property {NodeJS.Signals | null} signal
 * @property {string} complaint  what it said on its standard error
 */

/**
 * @param {string} path
 * @param {object} options
 * @param {'strict' | 'relaxed'} [options.durability]
 * @param {number} options.commits
 * @param {readonly string[]} [options.under]  the command that it runs under
 * @param {(kill: () => void) => void} [options.onOpen]
 * @returns {Promise<Run>}
 */
export async function run(path, { durability = 'strict', commits, under = [], onOpen }) {
  const [command = '', ...args] = [...under, process.execPath, writer, path, durability, String(commits)];
  const child = spawn(command, args, {
    // One thread makes all calls to the file system, so that they can be counted.
    env: { ...process.env, UV_THREADPOOL_SIZE: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  let complaint = '';
  let told = false;
  child.stdout.on('data', (text) => {
    said += text;
    if (told || !said.startsWith('open\n')) return;
    told = true;
    onOpen?.(() => child.kill('SIGKILL'));
  });
  child.stderr.on('data', (text) => {
    complaint += text;
  });
  const [code, signal] = await once(child, 'close');
  const lines = said.split('\n').slice(0, -1);
  const acknowledged = Math.max(0, ...lines.map(Number).filter((n) => n > 0));
  return {
    acknowledged,
    opened: lines[0] === 'open',
    closed: lines.at(-1) === 'closed',
    code,
    signal,
    complaint,
  };
}

/**
 * Opens what was left. @param {string} path @param {number} acknowledged
 * @returns {Promise<string | undefined>} what is wrong with it
 */
export async function judge(path, acknowledged) {
  const store = await Store.open(fileLog(path, { onWarning: () => undefined }));
  try {
    if (last(store) < acknowledged)
      return `commit ${last(store)} is the last, but ${acknowledged} was acknowledged`;
    return wrong(store);
  } finally {
    await store.close();
  }
}

/**
 * Does work for each item, two at a time. @template T
 * @param {readonly T[]} items @param {(item: T, index: number) => Promise<void>} work
 */
export async function inPairs(items, work) {
  const rest = [...items.entries()];
  const loop = async () => {
    for (let next = rest.shift(); next; next = rest.shift()) await work(next[1], next[0]);
  };
  await Promise.all([loop(), loop()]);
}
