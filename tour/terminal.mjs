/** Calm, aligned lines of at most 80 columns. Colour and a moving bar on a terminal only. */
import { styleText } from 'node:util';

/** @import { WriteStream } from 'node:tty' */

const COLUMNS = 80;
const LABEL_COLUMNS = 33;
const FIGURE_COLUMNS = 12;
const FIRST_CELL_COLUMNS = 24;
const CELL_COLUMNS = 13;
const BAR_COLUMNS = 40;

export class Terminal {
  /** @readonly */
  #stream;
  #hasColour;
  /** What the progress bar last said: a quarter, on anything but a terminal. */
  #progress = -1;

  /** @param {Pick<WriteStream, 'write'> & { isTTY?: boolean }} stream */
  constructor(stream) {
    this.#stream = stream;
    this.#hasColour = stream.isTTY === true && !process.env.NO_COLOR && process.env.TERM !== 'dumb';
  }

  line(text = '') {
    this.#stream.write(`${text}\n`);
  }

  /** @param {string} text */
  title(text) {
    this.line(this.#style('bold', text));
  }

  /**
   * @param {number} number
   * @param {string} text
   */
  heading(number, text) {
    this.line();
    this.title(`${String(number).padStart(2)}  ${text}`);
  }

  /** @param {string} text what is being done, and why */
  explain(text) {
    for (const line of wrap(text, COLUMNS - 4)) this.line(`    ${this.#style('dim', line)}`);
  }

  /**
   * @param {string} label
   * @param {string} figure
   * @param {string} [note]
   */
  figure(label, figure, note = '') {
    this.line(cut(`    ${label.padEnd(LABEL_COLUMNS)}${figure.padStart(FIGURE_COLUMNS)}  ${note}`).trimEnd());
  }

  /**
   * A row of a table.
   *
   * @param {string} first
   * @param {string[]} cells
   */
  row(first, ...cells) {
    this.line(
      `    ${first.padEnd(FIRST_CELL_COLUMNS)}${cells.map((cell) => cell.padStart(CELL_COLUMNS)).join('')}`,
    );
  }

  /** @param {string} text an entry, or something else from the store */
  quote(text) {
    this.line(cut(`      ${text}`));
  }

  /**
   * @param {boolean} isTrue
   * @param {string} what
   */
  check(isTrue, what) {
    const mark = isTrue ? this.#style('green', '✓') : this.#style('red', '✗ FAILED');
    const [first = '', ...rest] = wrap(what, COLUMNS - 6 - (isTrue ? 0 : 7));
    this.line(`    ${mark} ${first}`);
    for (const line of rest) this.line(`      ${line}`);
  }

  /**
   * A bar that moves, or a line for each quarter.
   *
   * @param {string} what
   * @param {number} done
   * @param {number} total
   */
  progress(what, done, total) {
    const isDone = done === total;
    if (this.#stream.isTTY) {
      const full = Math.floor((done / total) * BAR_COLUMNS);
      if (full === this.#progress && !isDone) return;
      this.#progress = full;
      const bar = `${'█'.repeat(full)}${'░'.repeat(BAR_COLUMNS - full)}`;
      this.#stream.write(`\r    ${this.#style('cyan', bar)} ${percentage(done, total)} ${what}`);
      // The bar makes way for what came of it.
      if (isDone) this.#stream.write('\r\x1b[K');
    } else {
      const quarter = Math.floor((done / total) * 4);
      if (quarter > this.#progress && quarter > 0) this.line(`    ${percentage(done, total)} ${what}`);
      this.#progress = quarter;
    }
    if (isDone) this.#progress = -1;
  }

  /** @param {unknown} error */
  fail(error) {
    const { code, message, stack } = /** @type {Error & { code?: string }} */ (error);
    this.line();
    this.line(`${this.#style('red', 'Failed')}: ${code === undefined ? '' : `${code}: `}${message ?? error}`);
    if (code === undefined && stack) this.line(stack);
  }

  /**
   * @param {'bold' | 'dim' | 'green' | 'red' | 'cyan'} format
   * @param {string} text
   */
  #style(format, text) {
    return this.#hasColour ? styleText(format, text) : text;
  }
}

/**
 * @param {number} done
 * @param {number} total
 */
function percentage(done, total) {
  return `${Math.floor((done / total) * 100)}%`.padStart(4);
}

/** @param {string} line */
function cut(line) {
  const characters = [...line];
  return characters.length <= COLUMNS ? line : `${characters.slice(0, COLUMNS - 1).join('')}…`;
}

/**
 * @param {string} text
 * @param {number} columns
 */
function wrap(text, columns) {
  /** @type {string[]} */
  const lines = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > columns) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}
