/**
 * The payload of the first frame of a log or of data:
 *
 *     magic 10 B   89 'isokv' 0D 0A 1A 0A   catches text-mode damage, as PNG's does
 *     version u8   1
 *     store id     16 B, random; zeros in data
 *     cipher       its name (varint length, UTF-8; empty when not sealed), then its header (varint length, bytes)
 */
import { Reader } from '../bytes/reader.ts';
import { Writer } from '../bytes/writer.ts';
import type { Cipher } from '../cipher.ts';
import { IsokvError } from '../errors.ts';

export const MAGIC: readonly number[] = [0x89, 0x69, 0x73, 0x6f, 0x6b, 0x76, 0x0d, 0x0a, 0x1a, 0x0a];
export const FORMAT_VERSION = 1;
export const STORE_ID_BYTES = 16;

export interface Header {
  readonly storeId: Uint8Array;
  /** Empty when the store is not sealed. */
  readonly cipherName: string;
  readonly cipherHeader: Uint8Array;
}

export function writeHeader(header: Header): Uint8Array {
  const writer = new Writer(128);
  for (const byte of MAGIC) writer.u8(byte);
  writer.u8(FORMAT_VERSION);
  writer.raw(header.storeId);
  writer.text(header.cipherName);
  writer.sized(header.cipherHeader);
  return writer.take();
}

/** @throws NOT_ISOKV, UNKNOWN_VERSION, CORRUPT */
export function parseHeader(payload: Uint8Array): Header {
  if (!hasMagic(payload, 0)) throw notIsokv();
  const reader = new Reader(payload, MAGIC.length);
  const version = reader.u8();
  if (version !== FORMAT_VERSION) {
    throw new IsokvError(
      'UNKNOWN_VERSION',
      `written in format version ${version}; this release reads version ${FORMAT_VERSION}: open it with a newer isokv`,
    );
  }
  const idAt = reader.skip(STORE_ID_BYTES);
  const cipherName = reader.text();
  const cipherHeaderAt = reader.skip(reader.varint());
  return {
    storeId: payload.slice(idAt, idAt + STORE_ID_BYTES),
    cipherName,
    cipherHeader: payload.slice(cipherHeaderAt, reader.position),
  };
}

/** @throws SEALED unless the cipher is that of the header, and there is none where it names none */
export function checkCipher({ cipherName }: Header, cipher: Cipher | undefined): void {
  if (cipherName === (cipher?.name ?? '')) return;
  const found = cipherName === '' ? 'not sealed' : `sealed with ${cipherName}`;
  throw new IsokvError('SEALED', `this store is ${found}: open it with the cipher it was made with, or none`);
}

/** Whether the bytes at `at`, as far as they go, are those of the magic; or `least` of them at least. */
export function hasMagic(bytes: Uint8Array, at: number, least: number = MAGIC.length): boolean {
  return MAGIC.filter((byte, i) => at + i >= bytes.length || bytes[at + i] === byte).length >= least;
}

export function notIsokv(): IsokvError {
  return new IsokvError('NOT_ISOKV', 'these bytes are not an isokv store: nothing was changed');
}
