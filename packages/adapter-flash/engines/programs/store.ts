/**
 * What a board does with a store, from the first write to a damaged flash. Every engine must print the same lines, the
 * images among them. `IMAGE`, in hex, is a flash to begin with, '' a blank one.
 */
import type { FlashDevice } from '../../src/device/flash-device.ts';
import type { DeviceStore, OpenOptions } from '../../src/device/open.ts';
import { bytesOf, hexOf } from './hex.ts';

declare var IMAGE: string;
declare var exports: { open(device: FlashDevice, options?: OpenOptions): DeviceStore };
declare function print(line: string): void;

var PAGE_SIZE = 512;
var PAGE_COUNT = 6;

var image = IMAGE ? bytesOf(IMAGE) : new Uint8Array(PAGE_SIZE * PAGE_COUNT);
if (!IMAGE) for (var blank = 0; blank < image.length; blank++) image[blank] = 255;
/** What `now` says. */
var clock = 1700000000000;

var flash: FlashDevice = {
  pageSize: PAGE_SIZE,
  pageCount: PAGE_COUNT,
  programUnit: 4,
  read: function (address, length) {
    return new Uint8Array(image.subarray(address, address + length));
  },
  program: function (address, bytes) {
    for (var i = 0; i < bytes.length; i++) {
      if (image[address + i] !== 255) throw new Error('programmed twice at ' + (address + i));
      image[address + i] = bytes[i]!;
    }
  },
  erase: function (page) {
    for (var i = 0; i < PAGE_SIZE; i++) image[page * PAGE_SIZE + i] = 255;
  },
};

function mounted(): DeviceStore {
  return exports.open(flash, {
    now: function () {
      return clock;
    },
  });
}

/** A value as text that shows what it is, on every engine alike. */
function show(value: unknown): string {
  if (value instanceof Uint8Array) return 'bytes ' + hexOf(value);
  if (typeof value === 'string') return '"' + value + '"';
  if (Array.isArray(value)) {
    var items: string[] = [];
    for (var i = 0; i < value.length; i++) items.push(show(value[i]));
    return '[' + items.join(' ') + ']';
  }
  if (typeof value !== 'object' || value === null) return '' + value;
  var fields: string[] = [];
  var names = Object.keys(value);
  for (var n = 0; n < names.length; n++) {
    fields.push(names[n]! + ':' + show((value as Record<string, unknown>)[names[n]!]));
  }
  return '{' + fields.join(' ') + '}';
}

function all(store: DeviceStore, space: string): string {
  var names = store.namespace(space);
  var keys = names.keys();
  var shown: string[] = [];
  for (var i = 0; i < keys.length; i++) shown.push(keys[i]! + '=' + show(names.get(keys[i]!)));
  return shown.join(' ');
}

function codeOf(work: () => void): string {
  try {
    work();
  } catch (error) {
    return (error as { code?: string }).code || '' + error;
  }
  return 'nothing thrown';
}

function readBack(): void {
  var store = mounted();
  print('default ' + all(store, ''));
  print('other ' + all(store, 'other'));
}

function basics(): void {
  var store = mounted();
  store.set('null', null);
  store.set('yes', true);
  store.set('third', 1 / 3);
  store.set('big', 9007199254740991);
  store.set('below', -300);
  store.set('empty', '');
  store.set('text', 'gr\xc3\xbc\xc3\x9f'); // UTF-8 of a word with an umlaut.
  store.set('bytes', bytesOf('00ff10'));
  store.set('nested', { list: [1, -2, 0.5, { x: null }], raw: bytesOf('0102') });
  store.namespace('other').set('text', 'of another namespace');
  store.set('gone', 1);
  print('deleted ' + store['delete']('gone') + ' ' + store['delete']('gone') + ' ' + store.has('gone'));
  print('sum ' + store.increment('count') + ' ' + store.increment('count', 41));
  print('keys ' + store.keys('b').join(' '));
  print(
    'refused ' +
      codeOf(function () {
        store.set('\xff', 1);
      }) +
      ' ' +
      codeOf(function () {
        store.set('f', print);
      }),
  );
  readBack();
}

function transactions(): void {
  var store = mounted();
  store.commit([
    { key: 'a', value: 1 },
    { namespace: 'other', key: 'a', value: [2] },
    { namespace: 'other', key: 'text', delete: true },
  ]);
  print(
    'all or none ' +
      codeOf(function () {
        store.commit([
          { key: 'a', value: 9 },
          { key: 'b', value: print },
        ]);
      }),
  );
  print('after ' + store.get('a') + ' ' + store.has('b') + ' ' + all(store, 'other'));
}

function expiry(): void {
  var store = mounted();
  store.set('brief', 'here', 1000);
  clock += 999;
  print('before ' + store.get('brief') + ' ' + mounted().has('brief'));
  clock += 1;
  print('at ' + store.get('brief') + ' ' + mounted().has('brief'));
}

function fill(): void {
  var store = mounted();
  var count = 0;
  var code = '';
  while (!code || code === 'nothing thrown') {
    code = codeOf(function () {
      store.set('fill' + count, 'twenty bytes of text');
    });
    count++;
  }
  print('full ' + code + ' ' + (count > 20));
  var kept = 0;
  for (var i = 0; i < count; i++) if (store.get('fill' + i) === 'twenty bytes of text') kept++;
  print('kept ' + (kept === count - 1) + ' ' + store.get('a'));
  for (i = 0; i < count; i++) store['delete']('fill' + i);
  print('left ' + store.keys('fill').length);
}

function collect(): void {
  var store = mounted();
  for (var i = 0; i < 100; i++) store.set('turn', i);
  print('collected ' + (store.collect(2) > 0) + ' ' + store.get('turn'));
}

/** Whatever byte of the image is damaged: what is read is what was written, or CORRUPT. */
function damage(): void {
  var good = new Uint8Array(image);
  var expected = all(mounted(), '');
  var caught = 0;
  for (var at = 0; at < image.length; at += 131) {
    image[at] = image[at]! ^ 16;
    var found = '';
    var code = codeOf(function () {
      found = all(mounted(), '');
    });
    if (code === 'CORRUPT') caught++;
    else if (found !== expected) print('wrong at ' + at + ': ' + code + ' ' + found);
    image = new Uint8Array(good);
  }
  print('damage found ' + (caught > 0));
}

if (IMAGE) readBack();
else {
  basics();
  transactions();
  expiry();
  print('image ' + hexOf(image));
  fill();
  collect();
  readBack();
  damage();
  print('data ' + hexOf(mounted().toData()));
  print('image ' + hexOf(image));
}
