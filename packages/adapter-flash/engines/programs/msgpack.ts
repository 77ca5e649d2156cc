/** Reads values and writes them again: what comes out must be what went in. */
import { readValue, writeValue } from '../../src/device/msgpack.ts';

declare var INPUT: string[];
declare function print(line: string): void;

var DIGITS = '0123456789abcdef';

function bytesOf(hex: string): Uint8Array {
  var bytes = new Uint8Array(hex.length / 2);
  for (var i = 0; i < bytes.length; i++) bytes[i] = parseInt(hex.substring(2 * i, 2 * i + 2), 16);
  return bytes;
}

function hexOf(bytes: Uint8Array): string {
  var hex = '';
  for (var i = 0; i < bytes.length; i++) hex += DIGITS.charAt(bytes[i]! >> 4) + DIGITS.charAt(bytes[i]! & 15);
  return hex;
}

for (var i = 0; i < INPUT.length; i++) {
  var bytes = bytesOf(INPUT[i]!);
  var value = readValue(bytes, 0, bytes.length);
  var out = new Uint8Array(writeValue(null, 0, value));
  writeValue(out, 0, value);
  print(hexOf(out));
}
