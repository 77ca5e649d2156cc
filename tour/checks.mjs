/** Counts what was checked. The tour may print what it likes: whether it succeeded is decided here. */
/** @import { Terminal } from './terminal.mjs' */

export class Checks {
  passed = 0;
  failed = 0;
  /** @readonly */
  terminal;

  /** @param {Pick<Terminal, 'check'>} terminal */
  constructor(terminal) {
    this.terminal = terminal;
  }

  /**
   * @param {string} what a sentence that is true if the check passes
   * @param {boolean} isTrue
   * @param {string} [found] what was found instead
   */
  that(what, isTrue, found) {
    if (isTrue === true) this.passed++;
    else this.failed++;
    this.terminal.check(isTrue === true, isTrue === true || found === undefined ? what : `${what}: ${found}`);
  }

  /**
   * @param {string} what
   * @param {unknown} actual
   * @param {string | number | boolean | undefined} expected
   */
  equal(what, actual, expected) {
    this.that(what, Object.is(actual, expected), `${actual}, not ${expected}`);
  }

  /** Something went wrong that has been reported already. */
  fail() {
    this.failed++;
  }

  /** A tour that checked nothing has not succeeded. */
  get exitCode() {
    return this.failed === 0 && this.passed > 0 ? 0 : 1;
  }
}
