/** The parent's side of a worker process. */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** @import { Request, Reply } from './worker.mjs' */

/** @type {Set<import('node:child_process').ChildProcess>} */
const running = new Set();

export class Child {
  #process;

  constructor() {
    this.#process = fork(fileURLToPath(new URL('worker.mjs', import.meta.url)), {
      execArgv: ['--expose-gc'],
      // What a library prints goes to stderr: stdout is for the table.
      stdio: ['ignore', 2, 2, 'ipc'],
    });
    running.add(this.#process);
    this.#process.on('exit', () => running.delete(this.#process));
  }

  /**
   * @param {Request} request
   * @returns {Promise<Reply>}
   */
  ask(request) {
    return new Promise((resolve, reject) => {
      const onExit = (/** @type {number | null} */ code) =>
        reject(new Error(`the process of ${request.engine} ended with ${code}`));
      this.#process.once('exit', onExit);
      this.#process.once('message', (/** @type {Reply} */ reply) => {
        this.#process.off('exit', onExit);
        if (reply.error) reject(new Error(`${request.engine}: ${reply.error}`));
        else resolve(reply);
      });
      this.#process.send(request);
    });
  }

  async end() {
    if (!running.has(this.#process)) return;
    await new Promise((resolve) => {
      this.#process.once('exit', resolve);
      this.#process.kill('SIGKILL');
    });
  }
}

/** For when this process ends: a child must not write into a folder that is being removed. */
export function killAll() {
  for (const child of running) child.kill('SIGKILL');
}
