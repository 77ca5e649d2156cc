/**
 * A temperature logger that survives resets: settings, a count that is never used twice, and the last readings.
 * The README beside this file says how to put it on a board.
 */
var Flash = require('Flash');
var isokv = require('isokv');
require('isokv-summary').addTo(isokv); // Look-ups read summaries of pages, not pages.
require('isokv-msgpack').addTo(isokv); // Readings are objects.

/** How many pages of the flash to use: more of them wear less. At least 3. */
var PAGES = 4;
/** How many readings are kept. */
var KEPT = 50;

/** A flash for isokv on the pages from `start` on. */
function flashAt(start, pageSize) {
  return {
    pageSize: pageSize,
    pageCount: PAGES,
    programUnit: 4,
    read: function (address, length) {
      return Flash.read(length, start + address);
    },
    program: function (address, bytes) {
      Flash.write(bytes, start + address);
    },
    erase: function (page) {
      Flash.erasePage(start + page * pageSize);
    },
    crc32: function (bytes) {
      return E.CRC32(bytes) >>> 0;
    },
  };
}

/** The first free area that has room for our pages. */
function findFlash() {
  var areas = Flash.getFree();
  for (var i = 0; i < areas.length; i++) {
    var pageSize = Flash.getPage(areas[i].addr).length;
    if (areas[i].length >= PAGES * pageSize) return flashAt(areas[i].addr, pageSize);
  }
  throw new Error('no free area of ' + PAGES + ' pages: see the README');
}

var flash = findFlash();
var store = isokv.open(flash);

/** Milliseconds between two readings. */
function interval() {
  var ms = store.get('interval');
  return ms === undefined ? 60000 : ms;
}

/** Takes a reading. It counts only when all of it is on the flash: the number and the reading are one commit. */
function log() {
  var number = store.get('number') || 0;
  store.commit([
    { key: 'number', value: number + 1 },
    {
      namespace: 'readings',
      key: '' + (number % KEPT),
      value: { number: number, celsius: E.getTemperature() },
    },
  ]);
}

var timer = setInterval(log, interval());

/** Changes the interval, now and after every reset: setting("interval", 10000). */
function setting(key, value) {
  store.set(key, value);
  changeInterval(timer, interval());
}

/** Prints the flash, for pull.mjs to make a file of. */
function dump() {
  var size = flash.pageSize * PAGES;
  print('isokv ' + flash.pageSize + ' ' + PAGES + ' ' + flash.programUnit);
  for (var at = 0; at < size; at += 48) print(btoa(flash.read(at, Math.min(48, size - at))));
  print('end');
}
