/** Reads values and writes them again: what comes out must be what went in. */
import { readValue, writeValue } from '../../src/device/msgpack.ts';
import { bytesOf, hexOf } from './hex.ts';

declare var INPUT: string[];
declare function print(line: string): void;

for (var i = 0; i < INPUT.length; i++) {
  var bytes = bytesOf(INPUT[i]!);
  var value = readValue(bytes, 0, bytes.length);
  var out = new Uint8Array(writeValue(null, 0, value));
  writeValue(out, 0, value);
  print(hexOf(out));
}
