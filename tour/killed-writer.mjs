/** Runs the writing process, and kills it at a random moment. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** @import { Tour } from './types.mjs' */

const script = fileURLToPath(new URL('writer-child.mjs', import.meta.url));
/** It is killed after at least so many acknowledgements, and at most so much time. */
const ACKNOWLEDGED_LEAST = 10;
const ACKNOWLEDGED_MOST = 80;
const DELAY_MOST_MS = 30;
/** A child that has not said enough by then has failed. */
const PATIENCE_MS = 30_000;

/**
 * @param {Tour} tour
 * @param {string} path of the store
 * @param {'compacting' | 'writing'} mode
 * @returns {Promise<number[]>} the transactions that it said were acknowledged
 */
export function runKilledWriter({ endWithTour }, path, mode) {
  const wanted = ACKNOWLEDGED_LEAST + Math.random() * (ACKNOWLEDGED_MOST - ACKNOWLEDGED_LEAST);
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [script, path, mode], { stdio: ['ignore', 'pipe', 'pipe'] });
    endWithTour(child);
    let output = '';
    let errors = '';
    let lines = 0;
    let isKilled = false;
    const patience = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS);
    child.stdout.setEncoding('utf8').on('data', (text) => {
      output += text;
      lines += text.split('\n').length - 1;
      if (lines < wanted || isKilled) return;
      isKilled = true;
      setTimeout(() => child.kill('SIGKILL'), Math.random() * DELAY_MOST_MS);
    });
    child.stderr.setEncoding('utf8').on('data', (text) => (errors += text));
    child.on('error', reject);
    // `close` comes when the pipe has been read to its end: no acknowledgement is missed.
    child.on('close', (_, signal) => {
      clearTimeout(patience);
      if (!isKilled || signal !== 'SIGKILL') reject(new Error(`the writing process has failed\n${errors}`));
      // The last line may have been cut short: it counts only with its end.
      else resolve(output.split('\n').slice(0, -1).map(Number));
    });
  });
}
