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
import {
  checkCipher,
  hasMagic,
  notIsokv,
  parseHeader,
  STORE_ID_BYTES,
  writeHeader,
} from '../format/header.ts';
import { parseRunEnd, writeRunEnd } from '../format/run-end.ts';
import { FrameScanner } from '../format/scanner.ts';

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
  const damaged = (): IsokvError => corrupt('data that are damaged or cut short', scanner.restPosition);
  const first = scanner.next();
  if (first?.kind !== KIND.header) throw damaged();
  const header = parseHeader(first.payload);
  checkCipher(header, cipher);
  scanner.session = startSession(cipher, header.cipherHeader);
  const blocks: Block[] = [];
  let entries = 0;
  let message = scanner.next();
  for (; message?.kind === KIND.block; message = scanner.next()) {
    const block = new Block(message.payload);
    blocks.push(block);
    entries += block.count;
  }
  const end = message?.kind === KIND.runEnd && parseRunEnd(message.payload);
  const isWhole = end && end.blocks === blocks.length && end.entries === entries;
  if (!isWhole || scanner.rest.length > 0) throw damaged();
  return blocks;
}

function startSession(cipher: Cipher | undefined, header: Uint8Array | undefined): CipherSession | undefined {
  const session = cipher?.start(header);
  if (session instanceof Promise) {
    throw new IsokvError('UNSUPPORTED', `${cipher?.name} must wait for its key: give it the key itself`);
  }
  return session;
}
