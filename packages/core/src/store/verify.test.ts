import { describe, expect, test } from 'vitest';
import { content, eventsOf, turns } from '../../test/durable-stores.ts';
import { RecordingLog } from '../../test/recording-log.ts';
import { IsokvError, MemoryMedium, memoryLog, Store } from '../index.ts';

/** The medium with one bit of one byte of a part turned over. The store's own bytes stay. */
function flip(medium: MemoryMedium, part: number, at: number): void {
  const bytes = (medium.parts[part] as Uint8Array).slice();
  bytes[at] = (bytes[at] as number) ^ 0x10;
  medium.parts[part] = bytes;
}

describe('verify', () => {
  test('counts entries of the run, commits since, and their changes', async () => {
    const store = await Store.open(memoryLog());
    expect(await store.verify()).toEqual({ entries: 0, commits: 0, changes: 0 });
    void store.setMany([
      ['a', 1],
      ['b', { n: 2 }],
      ['c', new Uint8Array(3)],
    ]);
    void store.namespace('x').set('d', null);
    await store.compact();
    expect(await store.verify()).toEqual({ entries: 4, commits: 0, changes: 0 });
    await store.set('a', 2);
    void store.namespace('x').clear();
    void store.delete('b');
    expect(await store.verify()).toEqual({ entries: 4, commits: 2, changes: 3 });
  });

  test('leaves the store as it is, and in use', async () => {
    const store = await Store.open(memoryLog());
    void store.set('a', { n: 1 });
    await store.compact();
    const given = store.get('a');
    const verification = store.verify();
    const writes = [];
    for (let i = 0; i < 5; i++) {
      writes.push(store.set('b', i));
      expect(store.get('b')).toBe(i);
      await turns();
    }
    await verification;
    await Promise.all(writes);
    expect(store.get('a')).toBe(given);
    expect((await store.verify()).commits).toBeGreaterThan(0);
    await Promise.all([store.verify(), store.compact(), store.verify()]);
    expect(content(store)).toEqual({ a: { n: 1 }, b: 4 });
  });

  test('finds every byte of a commit that is not what was written, and says where', async () => {
    const medium = new MemoryMedium();
    const store = await Store.open(memoryLog(medium));
    for (let i = 0; i < 4; i++) await store.set(`key${i}`, { i });
    const whole = medium.parts.map((part) => part.slice());
    const start = whole.slice(0, 2).reduce((sum, part) => sum + part.length, 0);
    const { length } = whole[2] as Uint8Array;
    for (let at = 0; at < length; at++) {
      flip(medium, 2, at);
      const error = await store.verify().then(
        () => undefined,
        (reason: unknown) => reason,
      );
      expect(error, `byte ${at}`).toBeInstanceOf(IsokvError);
      expect((error as IsokvError).code, `byte ${at}`).toBe('CORRUPT');
      expect((error as IsokvError).offset).toBeGreaterThanOrEqual(start);
      expect((error as IsokvError).offset).toBeLessThanOrEqual(start + length);
      medium.parts[2] = (whole[2] as Uint8Array).slice();
    }
    await store.verify();
  });

  test('takes a damaged last commit for damage, not for one that was torn', async () => {
    const medium = new MemoryMedium();
    const store = await Store.open(memoryLog(medium));
    await store.set('a', 1);
    await store.set('b', 2);
    flip(medium, 1, 8);
    const offset = (medium.parts[0] as Uint8Array).length;
    await expect(store.verify()).rejects.toMatchObject({ code: 'CORRUPT', offset, damage: [{ offset }] });
  });

  test('tells every place that is damaged, of the run and of the commits', async () => {
    const medium = new MemoryMedium();
    const store = await Store.open(memoryLog(medium), { compaction: 'manual' });
    void store.namespace('x').set('a', 1);
    void store.set('a', 1);
    await store.compact();
    for (let i = 0; i < 4; i++) await store.set('a', i);
    flip(medium, 0, (medium.parts[0] as Uint8Array).length - 20);
    flip(medium, 2, 8);
    flip(medium, 4, 8);
    const error = (await store.verify().catch((reason: unknown) => reason)) as IsokvError;
    const starts = medium.parts.map(
      (_, i) => medium.base + medium.parts.slice(0, i).reduce((sum, part) => sum + part.length, 0),
    );
    expect(error.damage).toMatchObject([
      { offset: expect.any(Number) },
      { offset: starts[2], bytes: medium.parts[2]?.length },
      { offset: starts[4], bytes: medium.parts[4]?.length },
    ]);
    expect(error.offset).toBe(error.damage?.[0]?.offset);
    expect(error.message).toContain('2 more places');
  });

  test('finds every byte of a run that is not what was written; the store goes on, and a rewrite repairs', async () => {
    const medium = new MemoryMedium();
    const store = await Store.open(memoryLog(medium));
    const events = eventsOf(store);
    for (let i = 0; i < 4; i++) void store.set(`key${i}`, { i }, { ttl: 1e9 });
    await store.compact();
    const before = content(store);
    const whole = (medium.parts[0] as Uint8Array).slice();
    for (let at = 0; at < whole.length; at++) {
      flip(medium, 0, at);
      await expect(store.verify(), `byte ${at}`).rejects.toBeInstanceOf(IsokvError);
      medium.parts[0] = whole.slice();
    }
    flip(medium, 0, whole.length >> 1);
    await expect(store.verify()).rejects.toMatchObject({ code: 'CORRUPT' });
    await store.set('more', 1);
    await store.compact();
    await store.verify();
    expect(events).toEqual([]);
    expect(content(store)).toEqual({ ...before, more: 1 });
  });

  test('rejects when the store cannot be flushed, or the medium not read', async () => {
    const log = new RecordingLog();
    const store = await Store.open(log);
    eventsOf(store);
    log.failing.append = 1;
    void store.set('a', 1);
    await expect(store.verify()).rejects.toBe(log.error);
    await store.set('b', 1);
    log.failing.read = 1;
    await expect(store.verify()).rejects.toBe(log.error);
    await store.set('c', 1);
    expect(await store.verify()).toMatchObject({ entries: 2, commits: 1 });
  });
});
