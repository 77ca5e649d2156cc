/** A log that several stores share, and that fails, is damaged or goes away. */
import { describe, expect, test } from 'vitest';
import { content, eventsOf, stored, turns, until } from '../../test/durable-stores.ts';
import { RecordingLog } from '../../test/recording-log.ts';
import { converged, pair } from '../../test/tabs.ts';
import { frameLog, IsokvError, MemoryMedium, memoryBytes, memoryLog, Store } from '../index.ts';
import { type ByteFault, faultyByteLog } from '../testing/index.ts';

describe('of two stores of one log', () => {
  test('what another writer damaged takes nothing from memory, and is not written over', async () => {
    const { medium, a } = await pair();
    await a.set('kept', 1);
    const other = memoryLog(medium);
    await other.open({ readOnly: false, mode: 'mustExist' });
    for await (const _ of other.read());
    // A commit that leaves a gap, and ends in the middle of a change.
    const position = await other.append([{ seq: 70, payload: Uint8Array.of(70, 2, 1) }], {
      durability: 'none',
      after: medium.end,
    });
    await expect(a.set('mine', 2)).rejects.toMatchObject({ code: 'CORRUPT' });
    expect(content(a)).toEqual({ kept: 1, mine: 2 });
    await expect(a.set('more', 3)).rejects.toMatchObject({
      code: expect.stringMatching(/CORRUPT|LOG_CONFLICT/),
    });
    expect(medium.end).toBe(position);
  });

  test('a store whose log has failed is not kept busy by news of others', async () => {
    const medium = new MemoryMedium();
    const always = { forever: true, fails: 'before' } as const;
    const faults = [
      { operation: 'append', ...always },
      { operation: 'replace', ...always },
    ] as const;
    const a = await Store.open(frameLog(faultyByteLog(memoryBytes(medium), faults)));
    const b = await Store.open(memoryLog(medium));
    await expect(a.set('a', 1)).rejects.toMatchObject({ code: 'IO' });
    await b.set('b', 1);
    await turns(5);
    expect(a.stats()).toMatchObject({ health: 'degraded', pendingCommits: 0 });
    await expect(a.set('a', 2)).rejects.toMatchObject({ code: 'IO' });
  });

  test('a rewrite that waits to heal a log, and that another comes before, keeps no write from its turn', async () => {
    const medium = new MemoryMedium();
    const faults = [{ operation: 'append', call: 2, fails: 'before' }] as const;
    const a = await Store.open(frameLog(faultyByteLog(memoryBytes(medium), faults)));
    await a.increment('n');
    await expect(a.increment('n')).rejects.toMatchObject({ code: 'IO' });
    const late: Promise<number>[] = [];
    a.on('health', ({ status }) => status === 'ok' && late.push(a.increment('n')));
    // Were the last write kept waiting, the second compaction would wait for it without a pause.
    await Promise.all([a.compact(), a.compact(), a.increment('n')]);
    expect(await Promise.all(late)).toEqual([4]);
    expect(content(a)).toEqual({ n: 4 });
    expect(await stored(medium)).toEqual({ n: 4 });
  });

  test('what one could not write goes on top of what the other has written since', async () => {
    const medium = new MemoryMedium();
    const faults = [
      { operation: 'append', call: 2, fails: 'before' },
      { operation: 'replace', fails: 'before' },
    ] as const;
    const a = await Store.open(frameLog(faultyByteLog(memoryBytes(medium), faults)));
    const b = await Store.open(memoryLog(medium));
    await a.increment('n');
    await expect(a.increment('n')).rejects.toMatchObject({ code: 'IO' });
    await b.set('b', 1);
    await b.increment('n');
    await expect(a.increment('n', 10)).rejects.toMatchObject({ code: 'IO' });
    expect(content(a)).toEqual({ n: 12 });
    await a.flush();
    const copy = await converged(medium, [a, b]);
    expect(content(copy)).toEqual({ b: 1, n: 13 });
  });

  test('news that comes while a log looks for news is looked for after that', async () => {
    const medium = new MemoryMedium();
    const log = new RecordingLog(medium, true);
    const read = log.read.bind(log);
    const [a, b] = [await Store.open(log), await Store.open(memoryLog(medium))];
    let told = 0;
    log.read = (after) => {
      if (told++ === 0) for (const listener of medium.listeners) listener({});
      return read(after);
    };
    const events = eventsOf(a);
    await b.increment('n');
    await converged(medium, [a, b]);
    await a.increment('n');
    expect(events).toEqual([]);
    expect(told).toBeGreaterThan(1);
    expect(await stored(medium)).toEqual({ n: 2 });
  });

  test('any amount of news that brings nothing is no failure', async () => {
    const { medium, a } = await pair();
    for (let i = 0; i < 150; i++) {
      for (const listener of medium.listeners) listener({});
      await turns();
    }
    expect(a.stats().health).toBe('ok');
  });

  test('a log that turns out to have vanished is written anew', async () => {
    const medium = new MemoryMedium();
    const error = new IsokvError('EVICTED', 'it has vanished');
    const faults: ByteFault[] = [];
    const a = await Store.open(frameLog(faultyByteLog(memoryBytes(medium), faults)));
    const b = await Store.open(memoryLog(medium));
    const events = eventsOf(a);
    await a.set('a', 1);
    await converged(medium, [a, b]);
    a.on('health', () => faults.splice(0));
    faults.push({ operation: 'read', forever: true, fails: 'before', error });
    await b.set('more', 2);
    await until(() => events.length > 1);
    expect(events).toEqual(['degraded', 'ok']);
    await converged(medium, [a, b]);
    expect(await stored(medium)).toEqual({ a: 1, more: 2 });
  });

  test('a log that only ever conflicts is given up', async () => {
    const medium = new MemoryMedium();
    const error = new IsokvError('LOG_CONFLICT', 'so it says');
    const faults = [{ operation: 'append', forever: true, fails: 'before', error }] as const;
    const store = await Store.open(frameLog(faultyByteLog(memoryBytes(medium), faults)));
    await expect(store.set('a', 1)).rejects.toMatchObject({ code: 'LOG_CONFLICT' });
    expect(store.get('a')).toBe(1);
  });
});
