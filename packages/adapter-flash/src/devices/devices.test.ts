/** Devices other than the simulated one: the same image from each. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Store } from '@isokv/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { open } from '../../test/whole.ts';
import { type EspruinoFlash, espruinoFlash } from '../device/espruino-flash.ts';
import type { FlashDevice } from '../device/flash-device.ts';
import { flashLog } from '../flash-log.ts';
import { inspectFlash } from '../image/inspect-flash.ts';
import { fileFlash } from './file-flash.ts';
import { blankImage, memoryFlash } from './memory-flash.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'isokv-flash-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function board(bytes: Uint8Array): EspruinoFlash {
  const page = 4096;
  return {
    read: (length, address) => bytes.slice(address, address + length),
    write(added, address) {
      for (const [index, byte] of added.entries()) (bytes[address + index] as number) &= byte;
    },
    erasePage: (address) => void bytes.fill(0xff, address, address + page),
    getPage: (address) => ({ addr: address - (address % page), length: page }),
  };
}

function write(device: FlashDevice): void {
  const store = open(device, { now: () => Date.UTC(2026, 0) });
  for (let i = 0; i < 300; i++) store.set(`key ${i % 20}`, i);
  store.namespace('n').set('large', 'x'.repeat(9000));
}

describe('every device', () => {
  it('makes the same image', () => {
    const image = blankImage(8);
    write(memoryFlash(image));
    const path = join(folder, 'image');
    const file = fileFlash(path, { pageCount: 8 });
    write(file);
    file.close();
    expect(readFileSync(path).equals(image)).toBe(true);
    const all = blankImage(10);
    write(espruinoFlash(board(all), { addr: 4096, length: 8 * 4096 }, 4));
    expect(Buffer.from(all.subarray(4096, 9 * 4096)).equals(image)).toBe(true);
  });

  it('is read by a store, which writes what the device face reads', async () => {
    const image = blankImage(8);
    write(memoryFlash(image));
    const store = await Store.open(flashLog(memoryFlash(image)));
    expect(store.get('key 7')).toBe(287);
    expect(store.namespace('n').get('large')).toBe('x'.repeat(9000));
    await store.set('key 7', 'grün');
    await store.delete('key 8');
    await store.compact();
    await store.close();
    const device = open(memoryFlash(image));
    expect([device.get('key 7'), device.has('key 8'), device.get('key 9')]).toEqual([
      'gr\xc3\xbcn',
      false,
      289,
    ]);
    const data = device.toData();
    expect(Store.fromData(data).toData()).toEqual(data);
  });
});

describe('memoryFlash, and whatever takes a device', () => {
  it.each([
    [255, 4, 4096],
    [1000, 4, 4000],
    [131_072, 4, 3 * 131_072],
    [4096, 4, 2 * 4096],
    [4096, 4, 10_000],
    [4096, 5 as 4, 4 * 4096],
  ] as const)(
    'refuse pages that no flash has: of %i bytes, units of %i, %i bytes',
    (pageSize, programUnit, bytes) => {
      const refusal = expect.objectContaining({ code: 'INVALID_OPTION' });
      expect(() => memoryFlash(new Uint8Array(bytes), { pageSize, programUnit })).toThrow(refusal);
      const device = { ...memoryFlash(blankImage(3)), pageSize, programUnit, pageCount: bytes / pageSize };
      expect(() => flashLog(device)).toThrow(refusal);
      expect(() => inspectFlash(device)).toThrow(refusal);
    },
  );
});

describe('fileFlash', () => {
  it('opens what is there, and makes only what it is told the size of', () => {
    const path = join(folder, 'image');
    expect(() => fileFlash(path)).toThrow(expect.objectContaining({ code: 'MISSING' }));
    const made = fileFlash(path, { pageCount: 3, pageSize: 512 });
    made.program(512, Uint8Array.of(1, 2, 3, 4));
    made.close();
    const again = fileFlash(path, { pageSize: 512, readOnly: true });
    expect([again.pageCount, ...again.read(512, 5)]).toEqual([3, 1, 2, 3, 4, 255]);
    again.close();
    expect(() => fileFlash(path, { pageSize: 512, pageCount: 4 })).toThrow(
      expect.objectContaining({ code: 'INVALID_OPTION' }),
    );
    writeFileSync(path, '');
    expect(() => fileFlash(path)).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
  });
});

describe('espruinoFlash', () => {
  it('refuses an area that does not begin with a page', () => {
    expect(() => espruinoFlash(board(blankImage(4)), { addr: 100, length: 8192 }, 4)).toThrow(
      expect.objectContaining({ code: 'INVALID_OPTION' }),
    );
  });
});
