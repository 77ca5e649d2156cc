/**
 * Makes a file of what `dump()` printed, and shows what is in it.
 *
 *     espruino -p /dev/ttyACM0 -e "dump()" | node pull.mjs image.bin
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { flashLog, memoryFlash } from '@isokv/adapter-flash';
import { msgpack } from '@isokv/codec-msgpack';
import { Store } from '@isokv/core';

const printed = readFileSync(0, 'utf8');
const [, pageSize, pageCount, programUnit, lines] =
  /isokv (\d+) (\d+) (4|8|16)\r?\n([A-Za-z0-9+/=\s]*?)end/.exec(printed) ?? [];
const image = Uint8Array.from(Buffer.from(lines ?? '', 'base64'));
if (image.length === 0 || image.length !== pageSize * pageCount) {
  console.error(
    'there is no whole dump in what was read: print it with dump(), and pass all of the output on',
  );
  process.exit(1);
}

writeFileSync(process.argv[2] ?? 'image.bin', image);
const flash = memoryFlash(image, { pageSize: Number(pageSize), programUnit: Number(programUnit) });
const store = await Store.open(flashLog(flash), { codecs: [msgpack], readOnly: true });
for (const name of store.namespaces())
  for (const [key, value] of store.namespace(name).entries()) console.log(name || '(default)', key, value);
