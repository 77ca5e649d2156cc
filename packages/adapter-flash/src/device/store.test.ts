/** The bundle that boards run does the same in every engine, and its images are those of other runtimes. */
import { readFileSync } from 'node:fs';
import { type Codec, defineCodec, Store } from '@isokv/core';
import { decode, encode } from '@msgpack/msgpack';
import { describe, expect, test } from 'vitest';
import { bundleProgram, checkSyntax, deviceBundle, ENGINES } from '../../engines/run.ts';
import { bundleAll } from '../../scripts/bundle.mjs';
import { lint } from '../../scripts/lint.mjs';
import { blankImage, type DeviceStore, type FlashDevice, flashLog, memoryFlash } from '../index.ts';

const PAGE = { pageSize: 512 };
const bundle = await deviceBundle();
const program = await bundleProgram('store');
const { device = '' } = await bundleAll();

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

test.each(ENGINES)('the core alone says in $name which script is missing', ({ run }) => {
  const program = `
    var exports = {};
    (function (exports) {${device}})(exports);
    var page = new Uint8Array(1024);
    for (var i = 0; i < 1024; i++) page[i] = 255;
    var flash = {
      pageSize: 256, pageCount: 4, programUnit: 4,
      read: function (at, length) { return new Uint8Array(page.subarray(at, at + length)); },
      program: function (at, bytes) { page.set(bytes, at); },
      erase: function (n) { for (var i = 0; i < 256; i++) page[256 * n + i] = 255; }
    };
    says(function () { exports.open(flash); });
    flash.crc32 = function (bytes) {
      for (var crc = -1, i = 0; i < bytes.length; i++) {
        crc ^= bytes[i];
        for (var bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 && 0xedb88320);
      }
      return ~crc >>> 0;
    };
    function says(work) {
      try { work(); print('nothing'); } catch (error) { print(error.code + ' ' + error.message); }
    }
    var store = exports.open(flash);
    store.set('a', 1);
    print(store.get('a'));
    says(function () { store.set('gr\\xc3\\xbc', 1); });
    says(function () { store.set('b', []); });
    says(function () { store.set('b', new Uint8Array(150)); });
    says(function () { store.increment('a'); });
    says(function () { store.collect(1); });
    says(function () { store.stats(); });
    says(function () { store.toData(); });
    says(function () { store.fromData(page); });
    says(function () { exports.open(flash, { index: 9 }); });
    print(store.keys().join());`;
  expect(run(program)).toEqual([
    'UNSUPPORTED needs isokv-crc32',
    '1',
    'UNSUPPORTED needs isokv-utf8',
    'UNSUPPORTED needs isokv-msgpack',
    'UNSUPPORTED needs isokv-large',
    'UNSUPPORTED needs isokv-increment',
    'UNSUPPORTED needs isokv-upkeep',
    'UNSUPPORTED needs isokv-upkeep',
    'UNSUPPORTED needs isokv-data',
    'UNSUPPORTED needs isokv-data',
    'UNSUPPORTED needs isokv-index',
    'a',
  ]);
});

test('what a change has besides is not taken for anything, whatever the script calls its own', () => {
  const exports = {} as { open(flash: FlashDevice): DeviceStore };
  new Function('exports', device)(exports);
  const store = exports.open(memoryFlash(blankImage(4, 512), PAGE));
  const change: Record<string, unknown> = { key: 'a', value: 1 };
  for (const name of 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_$') change[name] = 1;
  store.commit([change as never]);
  expect(store.get('a')).toBe(1);
});

test('the core alone does not open a flash with a commit over several pages, and leaves it as it is', async () => {
  const image = blankImage(10, 512);
  const store = await openImage(image);
  await store.set('large', 'x'.repeat(1200));
  await store.close();
  const before = image.slice();
  const exports = {} as { open(flash: FlashDevice): DeviceStore };
  new Function('exports', device)(exports);
  expect(() => exports.open(memoryFlash(image, PAGE))).toThrow(
    expect.objectContaining({ code: 'UNSUPPORTED', message: 'needs isokv-large' }),
  );
  expect(image).toEqual(before);
});

test('the core alone stops where it comes upon a group, and loses nothing', async () => {
  const image = blankImage(6, 512);
  const store = await openImage(image);
  await store.set('large', 'x'.repeat(300));
  for (let i = 0; i < 12; i++) await store.set('small', i);
  await store.close();
  const before = image.slice();
  const exports = {} as { open(flash: FlashDevice): DeviceStore };
  new Function('exports', device)(exports);
  const missing = expect.objectContaining({ code: 'UNSUPPORTED', message: 'needs isokv-large' });
  const alone = exports.open(memoryFlash(image, PAGE));
  expect(alone.get('small')).toBe(11);
  expect(() => alone.get('large')).toThrow(missing);
  expect(() => alone.keys()).toThrow(missing);
  expect(image).toEqual(before);
  expect(() => {
    for (let i = 12; i < 400; i++) alone.set('small', i);
  }).toThrow(missing);
  const again = await openImage(image);
  expect(again.get('large')).toBe('x'.repeat(300));
  expect(again.get('small')).toBeGreaterThan(11);
  await again.close();
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
