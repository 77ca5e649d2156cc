/**
 * Data: a header, one run, and the end of the run with its counts; nothing after it. It is what a compacted
 * log begins with, with the store id and the seq left out, so equal content gives equal bytes.
 */
import { concat } from '../bytes/concat.ts';
import type { Cipher, CipherSession } from '../cipher.ts';
import { corrupt, IsokvError } from '../errors.ts';
import { Block } from '../format/block.ts';
import { KIND, startChain } from '../format/frame.ts';
import { FrameWriter } from '../format/frame-writer.ts';
import { hasMagic, notIsokv, parseHeader, STORE_ID_BYTES, writeHeader } from '../format/header.ts';
import { parseRunEnd, writeRunEnd } from '../format/run-end.ts';
import { FrameScanner, type Message } from '../format/scanner.ts';

/** @throws UNSUPPORTED when the cipher needs to wait for its key: pass one that has it */
export function writeData(blocks: Iterable<Uint8Array>, cipher: Cipher | undefined): Uint8Array<ArrayBuffer> {
  const session = startSession(cipher, undefined);
  const writer = new FrameWriter(startChain(), session, cipher?.overheadBytes);
  const header = {
    storeId: new Uint8Array(STORE_ID_BYTES),
    cipherName: cipher?.name ?? '',
    cipherHeader: session?.header ?? new Uint8Array(0),
  };
  const parts: Uint8Array[] = [];
  writer.add(KIND.header, writeHeader(header));
  let count = 0;
  let entries = 0;
  for (const block of blocks) {
    writer.add(KIND.block, block);
    parts.push(writer.take().slice());
    count++;
    entries += new Block(block).count;
  }
  writer.add(KIND.runEnd, writeRunEnd({ seq: 0, blocks: count, entries }));
  parts.push(writer.take().slice());
  return concat(parts);
}

/** @returns the blocks. @throws NOT_ISOKV, UNKNOWN_VERSION, SEALED, CORRUPT for anything but whole, undamaged data */
export function readData(bytes: Uint8Array, cipher: Cipher | undefined): Block[] {
  if (bytes.length === 0 || !hasMagic(bytes, 6)) throw notIsokv();
  const scanner = new FrameScanner(undefined, 0);
  scanner.feed(bytes);
  const header = parseHeader(expect(scanner, KIND.header, 'the header').payload);
  if (header.cipherName !== (cipher?.name ?? '')) {
    throw new IsokvError(
      'SEALED',
      `these data are ${header.cipherName === '' ? 'not sealed' : `sealed with ${header.cipherName}`}`,
    );
  }
  scanner.session = startSession(cipher, header.cipherHeader);
  const blocks: Block[] = [];
  let entries = 0;
  for (let message = scanner.next(); message; message = scanner.next()) {
    if (message.kind === KIND.block) {
      const block = new Block(message.payload);
      blocks.push(block);
      entries += block.count;
      continue;
    }
    if (message.kind !== KIND.runEnd) throw corrupt('something other than a run', message.start);
    const end = parseRunEnd(message.payload);
    if (end.blocks !== blocks.length || end.entries !== entries)
      throw corrupt('data that have lost entries', message.start);
    if (scanner.rest.length > 0) throw corrupt('bytes after the end of the data', message.end);
    return blocks;
  }
  throw corrupt('data that are damaged or cut short', scanner.restPosition);
}

function expect(scanner: FrameScanner, kind: number, what: string): Message {
  const message = scanner.next();
  if (message?.kind !== kind) throw corrupt(`data without ${what}`, 0);
  return message;
}

function startSession(cipher: Cipher | undefined, header: Uint8Array | undefined): CipherSession | undefined {
  const session = cipher?.start(header);
  if (session instanceof Promise) {
    throw new IsokvError(
      'UNSUPPORTED',
      `${cipher?.name} must wait for its key, which data cannot: give it the key itself`,
    );
  }
  return session;
}
