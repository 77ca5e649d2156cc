/** A folder that is gone when the process ends, also on Ctrl-C, and children that do not outlive it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';

/** @import { ChildProcess } from 'node:child_process' */

/** @type {('SIGINT' | 'SIGTERM' | 'SIGHUP')[]} */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];

export class TemporaryFolder {
  /** @readonly */
  path = mkdtempSync(join(tmpdir(), 'isokv-tour-'));
  #isKept = false;
  /** @type {Set<ChildProcess>} */
  #children = new Set();

  constructor() {
    process.on('exit', (code) => this.#end(code));
    // Whoever read what is printed has gone (`npm start | head`).
    process.stdout.on('error', () => this.#interrupt(1));
    for (const signal of SIGNALS) {
      process.on(signal, () => {
        this.#interrupt(128 + constants.signals[signal], '\nInterrupted. The temporary folder was removed.');
      });
    }
  }

  /** @param {ChildProcess} child */
  watch(child) {
    this.#children.add(child);
    child.once('exit', () => this.#children.delete(child));
  }

  /** Leaves the folder for somebody to look at. */
  keep() {
    this.#isKept = true;
    console.log(`The temporary folder was kept: ${this.path}`);
  }

  remove() {
    rmSync(this.path, { recursive: true, force: true, maxRetries: 5 });
  }

  /**
   * @param {number} code
   * @param {string} [message]
   */
  #interrupt(code, message) {
    // Now, not at the exit: so it is true when it is said.
    this.#end(0);
    this.#isKept = true; // There is nothing left to be said about it.
    if (message) console.log(message);
    process.exit(code);
  }

  /** @param {number} code with which the process ends */
  #end(code) {
    for (const child of this.#children) child.kill('SIGKILL');
    if (this.#isKept) return;
    if (code === 0) this.remove();
    else this.keep(); // An error that nobody caught.
  }
}
