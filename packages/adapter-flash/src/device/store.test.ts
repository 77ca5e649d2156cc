/** The bundle that boards run does the same in every engine, and its images are those of other runtimes. */
import { readFileSync } from 'node:fs';
import { type Codec, defineCodec, Store } from '@isokv/core';
import { decode, encode } from '@msgpack/msgpack';
import { describe, expect, test } from 'vitest';
import { bundleProgram, checkSyntax, deviceBundle, ENGINES } from '../../engines/run.ts';
import { lint } from '../../scripts/lint.mjs';
import { blankImage, flashLog, memoryFlash } from '../index.ts';

const PAGE = { pageSize: 512 };
const bundle = await deviceBundle();
const program = await bundleProgram('store');

/** `image`, in hex, is the flash to begin with; '' a blank one, on which the whole program runs. */
function scriptOn(image: string): string {
  return `var IMAGE = '${image}', exports = {};\n(function (exports) {${bundle}})(exports);\n(function () {${program}})();`;
}

const plainPack: Codec = defineCodec<unknown>({
  name: 'MessagePack',
  tag: 4,
  accepts: (value): value is unknown => typeof value === 'object',
  encode,
  decode,
});

function openImage(image: Uint8Array): Promise<Store> {
  return Store.open(flashLog(memoryFlash(image, PAGE)), { codecs: [plainPack] });
}

function lineOf(lines: readonly string[], name: string): string {
  return lines.findLast((line) => line.startsWith(`${name} `))?.slice(name.length + 1) ?? '';
}

function bytesOf(hex: string): Uint8Array {
  return Uint8Array.from(Buffer.from(hex, 'hex'));
}

test('MuJS reads the bundle, and the example', () => {
  checkSyntax(bundle);
  const example = readFileSync(new URL('../../../../examples/espruino/logger.js', import.meta.url), 'utf8');
  checkSyntax(example);
  expect(lint(example)).toEqual([]);
});

const [{ run: runInNode }] = ENGINES as [(typeof ENGINES)[number]];
const lines = runInNode(scriptOn(''));

test('a board does what it is told', () => {
  expect(lines.filter((line) => !/^(image|data) /.test(line))).toEqual([
    'deleted true false false',
    'sum 1 42',
    'keys below big bytes',
    'refused INVALID_KEY INVALID_VALUE',
    expect.stringContaining('below=-300 big=9007199254740991 bytes=bytes 00ff10 count=42 empty=""'),
    'other text="of another namespace"',
    'all or none INVALID_VALUE',
    'after 1 false a=[2]',
    'before here true',
    'at undefined false',
    'full ENOSPC true',
    'kept true 1',
    'left 0',
    expect.stringMatching(/^collected true 99$/),
    expect.stringContaining('turn=99'),
    'other a=[2]',
    'damage found true',
  ]);
});

test.each(ENGINES)('$name prints the same lines, and the same bytes', { timeout: 60_000 }, ({ run }) => {
  expect(run(scriptOn(''))).toEqual(lines);
});

const CONTENT = {
  a: 1,
  below: -300,
  big: 2 ** 53 - 1,
  bytes: Uint8Array.of(0, 255, 16),
  count: 42,
  empty: '',
  nested: { list: [1, -2, 0.5, { x: null }], raw: Uint8Array.of(1, 2) },
  null: null,
  text: 'grüß',
  third: 1 / 3,
  turn: 99,
  yes: true,
};

test('a store in Node opens the image of a board, and has its data', async () => {
  const image = bytesOf(lineOf(lines, 'image'));
  const store = await openImage(image);
  expect(Object.fromEntries(store.entries())).toEqual(CONTENT);
  expect(Object.fromEntries(store.namespace('other').entries())).toEqual({ a: [2] });
  const data = bytesOf(lineOf(lines, 'data'));
  expect(Buffer.compare(store.toData(), data)).toBe(0);
  expect(Object.fromEntries(Store.fromData(data, { codecs: [plainPack] }).entries())).toEqual(CONTENT);
  await store.close();
});

describe('an image that a store in Node has written', async () => {
  const image = blankImage(6, 512);
  const store = await openImage(image);
  for (const [key, value] of Object.entries(CONTENT)) store.set(key, value);
  await store.flush();
  store.namespace('other').set('a', [2]);
  await store.close();
  const hex = Buffer.from(image).toString('hex');

  test.each(ENGINES)('is read by a board that runs $name', ({ run }) => {
    expect(run(scriptOn(hex))).toEqual([lineWith(lines, 'turn=99'), lineWith(lines, 'other a=[2]')]);
  });
});

function lineWith(all: readonly string[], part: string): string | undefined {
  return all.find((line) => line.includes(part));
}
