import { describe, expect, test } from 'vitest';
import { codeOf, LIVES, reopened } from '../../test/stores.ts';
import { MemoryMedium, memoryLog } from '../log/memory-log.ts';
import { Store } from './store.ts';

const KIB64 = 64 * 1024;

describe.each(LIVES)('keys $name', ({ begin }) => {
  test('what looks special is a key like any other', async () => {
    const keys = [
      '',
      ' ',
      '\u0000',
      '__proto__',
      'constructor',
      'hasOwnProperty',
      'toString',
      '0',
      '\ufeff',
      '😀',
    ];
    const space = await begin((at) => {
      for (const key of keys) at.set(key, { key });
    });
    for (const key of keys) {
      expect(space.get(key)).toEqual({ key });
      expect(space.has(key)).toBe(true);
    }
    expect([...space.keys()].sort()).toEqual([...keys].sort());
    for (const key of keys) space.delete(key);
    for (const key of keys) expect(space.get(key)).toBe(undefined);
    expect(space.has('valueOf')).toBe(false);
    expect(space.size).toBe(0);
  });

  test('64 KiB of UTF-8 is the most, whatever the characters', async () => {
    const longest = [
      'a'.repeat(KIB64),
      'é'.repeat(KIB64 / 2),
      '😀'.repeat(KIB64 / 4),
      `${'～'.repeat(21_845)}a`,
    ];
    const space = await begin((at) => {
      for (const key of longest) at.set(key, key.length);
    });
    for (const key of longest) {
      expect(space.get(key)).toBe(key.length);
      expect(codeOf(() => space.set(`${key}a`, 1))).toBe('INVALID_KEY');
      expect(codeOf(() => space.get(`${key}a`))).toBe('INVALID_KEY');
    }
    expect([...space.keys()]).toEqual([longest[0], longest[1], longest[3], longest[2]]);
    expect(space.size).toBe(4);
  });

  test('what is no key is refused by every method, at once, and changes nothing', async () => {
    const space = await begin((at) => {
      at.set('undefined', 1);
      at.set('1', 1);
    });
    const wrong: unknown[] = [
      undefined,
      null,
      1,
      {},
      ['a'],
      Symbol('a'),
      '\ud83d',
      'a\udc00b',
      '\udc00\ud800',
      true,
    ];
    for (const key of wrong as string[]) {
      const uses = [
        () => space.get(key),
        () => space.require(key),
        () => space.getMany(['1', key]),
        () => space.has(key),
        () => space.expiresAt(key),
        () => space.ttl(key),
        () => space.set(key, 1),
        () => space.setMany([[key, 1]]),
        () => space.delete(key),
        () => space.update(key, () => 1),
        () => space.getOrSet(key, () => 1),
        () => space.increment(key),
        () => space.decrement(key),
        () => space.compareAndSwap(key, undefined, 1),
        () => space.expire(key, 1),
        () => space.persist(key),
      ];
      for (const use of uses) expect(codeOf(use), `${String(key)}: ${use}`).toBe('INVALID_KEY');
    }
    for (const key of ['\ud83d', null] as string[])
      expect(codeOf(() => space.watch(key, () => undefined))).toMatch(/^INVALID_/);
    expect([...space.entries()]).toEqual([
      ['1', 1],
      ['undefined', 1],
    ]);
  });
});

test('a 1 KiB key and a 10 MiB value of every kind, in one transaction, through compaction and reopening', async () => {
  const medium = new MemoryMedium();
  const store = await Store.open(memoryLog(medium));
  const key = (kind: string): string => kind + 'é'.repeat(511);
  const text = 'ü'.repeat(5 * 1024 * 1024);
  const bytes = new Uint8Array(10 * 1024 * 1024).map((_, i) => (i * 7) ^ (i >> 8));
  const object = { parts: Array.from({ length: 10 }, (_, i) => String(i).repeat(1024 * 1024)) };
  await store.transaction((tx) => {
    tx.set(key('text'), text);
    tx.set(key('bytes'), bytes);
    tx.set(key('object'), object);
    expect(tx.get(key('text')) === text).toBe(true);
  });
  const check = (at: Store): void => {
    expect(at.get(key('text')) === text).toBe(true);
    expect(Buffer.compare(at.get(key('bytes')) as Uint8Array, bytes)).toBe(0);
    expect(JSON.stringify(at.get(key('object'))) === JSON.stringify(object)).toBe(true);
  };
  check(store);
  check(await reopened(store, medium));
  const again = await Store.open(memoryLog(medium));
  await again.compact();
  check(Store.fromData(again.toData()));
  check(await reopened(again, medium));
}, 30_000);
