/** What each command does. */
import { inspect } from 'node:util';
import { IsokvError, type Namespace, Store } from '@isokv/core';
import { inspectFlash } from '../image/inspect-flash.ts';
import { buildImage } from './build-image.ts';
import { checkImage } from './check-image.ts';
import { drawSvg } from './draw-svg.ts';
import { drawText } from './draw-text.ts';
import { codecs, openStore, readImage } from './image.ts';
import { readInput } from './input-file.ts';
import type { Options } from './options.ts';
import { checkFree, writeOutput } from './output-file.ts';

export interface Terminal {
  out(content: string | Uint8Array): void;
  error(text: string): void;
  /** Whether someone sees what goes to `error`. */
  readonly isTerminal: boolean;
}

export interface Command {
  /** How many names it takes. */
  readonly least: number;
  readonly most: number;
  /** @returns the exit code. @throws IsokvError */
  run(names: readonly string[], options: Options, terminal: Terminal): Promise<number>;
}

export const commands: ReadonlyMap<string, Command> = new Map([
  ['build', { least: 2, most: 2, run: build }],
  ['list', { least: 1, most: 1, run: list }],
  ['get', { least: 2, most: 2, run: get }],
  ['check', { least: 1, most: 1, run: check }],
  ['export', { least: 1, most: 2, run: exportData }],
  ['draw', { least: 1, most: 2, run: draw }],
]);

async function build(names: readonly string[], options: Options, terminal: Terminal): Promise<number> {
  const [from = '', to = ''] = names;
  const { pages = 16, 'page-size': pageSize = 4096, unit = 4, force = false } = options;
  checkFree(to, force); // Before the work, too.
  const store = storeOf(readInput(from));
  const isShown = options.progress || terminal.isTerminal;
  const { image, used } = await buildImage(
    store,
    { pageCount: pages, pageSize, programUnit: unit },
    (page) => {
      if (isShown) terminal.error(`page ${page} of ${pages}${terminal.isTerminal ? '\r' : '\n'}`);
    },
  );
  // The work was one long turn: whoever has interrupted it is heard now, after a whole round of the event loop.
  for (let round = 0; round < 2; round++) await new Promise((resolve) => setImmediate(resolve));
  give(to, image, options, terminal);
  const { entries } = store.stats();
  const done = `${to}: ${entries} entries in ${used} of ${pages} pages of ${pageSize} bytes\n`;
  if (to === '-') terminal.error(done);
  else terminal.out(done);
  return 0;
}

/** Text begins with a brace or a space; data with a byte that is not text. @throws INVALID_DATA, CORRUPT, … */
function storeOf(data: Uint8Array): Store {
  const [first = 0x20] = data;
  const isText = first === 0x7b || first === 0xef || first <= 0x20;
  if (!isText) return Store.fromData(data, { codecs: [...codecs] });
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(data);
  } catch (cause) {
    throw new IsokvError('INVALID_DATA', 'the data are text that is not UTF-8', { cause });
  }
  return Store.fromData(text, { codecs: [...codecs] });
}

async function list([path = '']: readonly string[], options: Options, terminal: Terminal): Promise<number> {
  const store = await openStore(readImage(path, options));
  const names = options.namespace === undefined ? store.namespaces() : [options.namespace];
  for (const name of names) {
    for (const [key, value] of spaceOf(store, name).entries()) {
      const place = name === '' ? '' : `${JSON.stringify(name)} `;
      terminal.out(`${place}${JSON.stringify(key)} ${show(value)}\n`);
    }
  }
  return 0;
}

async function get(names: readonly string[], options: Options, terminal: Terminal): Promise<number> {
  const [path = '', key = ''] = names;
  const store = await openStore(readImage(path, options));
  const value = spaceOf(store, options.namespace ?? '').require(key);
  if (value instanceof Uint8Array) terminal.out(value);
  else terminal.out(`${typeof value === 'string' ? value : show(value)}\n`);
  return 0;
}

async function check([path = '']: readonly string[], options: Options, terminal: Terminal): Promise<number> {
  const device = readImage(path, options);
  const { damage, summary } = await checkImage(device);
  for (const { offset, message } of damage) terminal.error(`byte ${offset}: ${message}\n`);
  if (damage.length === 0) terminal.out(`${path}: ${summary}\n`);
  else terminal.error(`${path}: damaged in ${damage.length} ${damage.length === 1 ? 'place' : 'places'}\n`);
  return damage.length === 0 ? 0 : 1;
}

async function exportData(names: readonly string[], options: Options, terminal: Terminal): Promise<number> {
  const [path = '', to] = names;
  const { format = 'json' } = options;
  const store = await openStore(readImage(path, options));
  const data = format === 'binary' ? store.toData() : store.toData({ format });
  give(to, data, options, terminal);
  return 0;
}

async function draw(names: readonly string[], options: Options, terminal: Terminal): Promise<number> {
  const [path = '', to] = names;
  const map = inspectFlash(readImage(path, options));
  if (to === undefined) terminal.out(drawText(map));
  else give(to, drawSvg(map, path), options, terminal);
  return 0;
}

/** Into a file, or on standard output. */
function give(to = '-', content: string | Uint8Array, { force = false }: Options, terminal: Terminal): void {
  if (to === '-') terminal.out(content);
  else writeOutput(to, content, force);
}

function spaceOf(store: Store, name: string): Store | Namespace {
  return name === '' ? store : store.namespace(name);
}

function show(value: unknown): string {
  const options = { depth: Number.POSITIVE_INFINITY, maxArrayLength: null, maxStringLength: null };
  return inspect(value, { ...options, breakLength: Number.POSITIVE_INFINITY, compact: true });
}
