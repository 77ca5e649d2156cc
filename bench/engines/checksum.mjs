/**
 * Reads the file of isokv into memory, and checks it with zlib's CRC-32, one MiB at a time: the least that
 * opening a store in memory can cost. It can do nothing else.
 */
import { open } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { storeFile } from './store-file.mjs';
import { unsupported } from './unsupported.mjs';

const CHUNK_BYTES = 1024 * 1024;

export const engine = {
  ...unsupported('checksum'),
  /** @param {string} folder */
  async open(folder) {
    const file = await open(storeFile(folder));
    let checksum = 0;
    const { size } = await file.stat();
    const content = Buffer.allocUnsafeSlow(size);
    for (let at = 0; at < size; at += CHUNK_BYTES) {
      const chunk = content.subarray(at, at + CHUNK_BYTES);
      const { bytesRead } = await file.read(chunk, 0, chunk.length, at);
      if (bytesRead !== chunk.length) throw new Error(`${bytesRead} bytes read at ${at}`);
      checksum = crc32(chunk, checksum);
    }
    await file.close();
    if (checksum === 0) throw new Error('nothing was read');
  },
};
