/** What a device throws, and bytes that somebody made up. */
import { describe, expect, it } from 'vitest';
import { open } from '../../test/whole.ts';
import { inspectFlash } from '../image/inspect-flash.ts';
import { type Geometry, simulatedFlash } from '../testing/simulated-flash.ts';
import { bytesOf, get, made, put, putText, putVarint, set } from './bytes.ts';
import { LARGE } from './change.ts';
import { commit } from './commit.ts';
import type { FlashDevice } from './flash-device.ts';
import { mount } from './mount.ts';
import { checkByte } from './ring.ts';

const small: Geometry = { pageSize: 512, pageCount: 4, programUnit: 4 };
const CORRUPT = expect.objectContaining({ code: 'CORRUPT' });

/** A flash with an entry, whose only header has another word at `at`, and is valid. */
function withHeader(at: number, word: number): ReturnType<typeof simulatedFlash> {
  const flash = simulatedFlash(small);
  open(flash).set('a', 1);
  set(flash.bytes, at, word, 4);
  set(flash.bytes, 28, flash.crc32(flash.bytes.subarray(0, 28)), 4);
  return flash;
}

describe('bytes that are made up', () => {
  it.each([2 ** 40, 2 ** 52])('a large value of %i bytes is CORRUPT, and takes no memory', (length) => {
    const flash = simulatedFlash(small);
    mount(flash, Date.now);
    commit(
      bytesOf(
        made(() => {
          put(LARGE);
          putText('a');
          for (const figure of [1, length, 1, 2 ** 52]) putVarint(figure); // tag, length, id, chunks
        }),
      ),
    );
    expect(() => open(flash).get('a')).toThrow(CORRUPT);
  });

  it('an oldest page after the head is CORRUPT: what is written then would not count', () => {
    for (const oldest of [3, 1000, 2 ** 32 - 1]) expect(() => open(withHeader(16, oldest))).toThrow(CORRUPT);
  });

  it('an end of the page before beyond the page is CORRUPT, and nothing is read there', () => {
    const flash = simulatedFlash(small);
    open(flash).set('a', 1);
    open(flash).set('b', 2);
    // What seems to be a record that reaches beyond the page, too, and a whole one but for its sum.
    const end = get(flash.bytes, 512 + 20);
    set(flash.bytes, end, 600, 3);
    flash.bytes[end + 3] = checkByte(flash.bytes.subarray(end));
    set(flash.bytes, 512 + 20, 1 << 20, 4);
    set(flash.bytes, 512 + 28, flash.crc32(flash.bytes.subarray(512, 512 + 28)), 4);
    expect(() => open(flash).get('a')).toThrow(CORRUPT);
    expect(inspectFlash(flash).damage).not.toEqual([]);
    expect(flash.violations).toEqual([]);
  });
});

describe('a first header that a cut has left', () => {
  it.each([0, 1, 3])('may stand in page %i, for those before it may not have kept theirs', (page) => {
    const whole = simulatedFlash(small);
    open(whole).set('a', 1);
    const flash = simulatedFlash(small);
    flash.program(page * 512, whole.bytes.slice(0, 16));
    expect(open(flash).keys()).toEqual([]);
    expect(inspectFlash(flash).damage).toEqual([]);
  });

  it('is not what else somebody keeps at the beginning of a page', () => {
    const flash = simulatedFlash(small);
    flash.program(0, Uint8Array.of(1, 2, 3, 4));
    expect(() => open(flash)).toThrow(expect.objectContaining({ code: 'NOT_ISOKV' }));
  });
});

describe('a device that throws', () => {
  it('does not make the store take a page for erased that could not be read', () => {
    const geometry = { ...small, pageCount: 3 };
    const flash = simulatedFlash(geometry);
    const store = open(flash);
    const fill = (): void => {
      for (let i = 0; ; i++) store.set(`k${i}`, 'x'.repeat(40));
    };
    expect(fill).toThrow(expect.objectContaining({ code: 'ENOSPC' }));
    while (store.stats().spare > 1) store.delete(store.keys()[0] as string);
    const keys = store.keys();
    // The session after takes the last spare page, and is cut before the sum of its mark of retirement.
    const image = flash.copy();
    flash.journal = [];
    open(flash).delete(keys[0] as string);
    const calls = flash.journal;
    const mark = calls.findIndex(
      // Not a checksum, of four bytes.
      (call) => 'program' in call && call.bytes.length === 8 && (call.bytes[2] as number) % 8 === 5,
    );
    expect(mark).toBeGreaterThan(0);
    for (const call of calls.slice(0, mark + 1)) {
      if ('erase' in call) image.erase(call.erase);
      else image.program(call.program, call.bytes);
    }
    let left = Number.POSITIVE_INFINITY;
    let reads = 0;
    const failing: FlashDevice = {
      ...geometry,
      crc32: (bytes) => image.crc32(bytes),
      program: () => undefined,
      erase: () => undefined,
      read(address, length) {
        reads++;
        if (left-- === 0) throw new Error('no contact');
        return image.read(address, length);
      },
    };
    expect(open(failing).keys()).toEqual(keys);
    const needed = reads;
    for (let at = 0; at < needed; at++) {
      left = at;
      expect(() => open(failing).keys(), `read ${at}`).toThrow('no contact');
    }
  });

  it('does not have an index lose what was written', () => {
    for (let at = 0, isFailing = true; isFailing; at++) {
      const flash = simulatedFlash(small);
      const { crc32, erase, program, read } = flash;
      let left = Number.POSITIVE_INFINITY;
      const device: FlashDevice = {
        ...small,
        crc32: crc32.bind(flash),
        program: program.bind(flash),
        erase: erase.bind(flash),
        read(address, length) {
          if (left-- === 0) throw new Error('no contact');
          return read.call(flash, address, length);
        },
      };
      const store = open(device, { index: 10 });
      const changes = ['a', 'b', 'c'].map((key) => ({ key, value: 1 }));
      store.commit(changes);
      left = at;
      try {
        store.commit(changes.map((change) => ({ ...change, value: 2 })));
      } catch (error) {
        expect(error).toMatchObject({ message: 'no contact' });
      }
      isFailing = left < 0;
      left = Number.POSITIVE_INFINITY;
      const shown = ['a', 'b', 'c'].map((key) => store.get(key));
      store.set('d', 3);
      const other = open(flash);
      expect(
        ['a', 'b', 'c'].map((key) => other.get(key)),
        `read ${at}`,
      ).toEqual(shown);
      expect(new Set(shown).size, `read ${at}`).toBe(1);
      expect(store.keys()).toEqual(['a', 'b', 'c', 'd']);
    }
  });

  it('may not call a store meanwhile; a clock may', () => {
    const other = open(simulatedFlash(small));
    const flash = simulatedFlash(small);
    const errors: unknown[] = [];
    let isNosy = false;
    const meanwhile = (): void => {
      if (!isNosy) return;
      try {
        other.set('calls', 2);
        errors.push('nothing');
      } catch (error) {
        errors.push(error);
      }
    };
    const device: FlashDevice = {
      ...small,
      crc32: (bytes) => flash.crc32(bytes),
      program(address, bytes) {
        meanwhile();
        flash.program(address, bytes);
      },
      erase(page) {
        meanwhile();
        flash.erase(page);
      },
      read(address, length) {
        meanwhile();
        return flash.read(address, length);
      },
    };
    const now = (): number => {
      other.set('calls', 1);
      return Date.UTC(2026, 0);
    };
    const store = open(device, { now });
    store.set('a', 1, 1000);
    isNosy = true;
    expect(store.get('a')).toBe(1);
    store.set('c', 3);
    isNosy = false;
    expect(other.get('calls')).toBe(1);
    expect(errors.length).toBeGreaterThan(0);
    for (const error of errors) expect(error).toMatchObject({ code: 'UNSUPPORTED' });
    store.set('b', 2);
    expect([store.keys(), other.keys()]).toEqual([['a', 'b', 'c'], ['calls']]);
    expect(open(flash, { now }).keys()).toEqual(['a', 'b', 'c']);
  });

  it('has its values read before anything of the store is at work', () => {
    const other = open(simulatedFlash(small));
    const flash = simulatedFlash(small);
    const store = open(flash);
    store.commit([
      {
        key: 'a',
        get value() {
          return other.has('x') ? 1 : 2;
        },
      },
    ]);
    expect([open(flash).get('a'), other.keys()]).toEqual([2, []]);
  });
});
