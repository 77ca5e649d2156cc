import { describe, expect, test } from 'vitest';
import { content, turns } from '../../test/durable-stores.ts';
import { bytesOf, mediumOf } from '../../test/logs.ts';
import { Writer } from '../bytes/writer.ts';
import { BlockBuilder } from '../format/block.ts';
import { writeDelete, writePut } from '../format/change.ts';
import { type Commit, type Log, type LogItem, MemoryMedium, memoryLog, Store } from '../index.ts';

/** A log that gives just these items. */
function logOf(...items: LogItem[]): Log {
  const log = memoryLog();
  return {
    capabilities: log.capabilities,
    open: async () => undefined,
    read: async function* () {
      yield items;
    },
    append: async () => 0,
    replace: async () => 0,
    close: async () => undefined,
    destroy: async () => undefined,
  };
}

function commit(seq: number, key = 'key', position = seq * 10): LogItem {
  const writer = new Writer(64);
  writer.varint(seq);
  writeDelete(writer, key);
  return { type: 'commit', commit: { seq, payload: writer.take() } satisfies Commit, position };
}

function block(keys: readonly string[], position = 5): LogItem {
  const builder = new BlockBuilder('');
  for (const key of keys) {
    const start = builder.entries.length;
    writePut(builder.entries, key, 0);
    builder.entries.u8(9); // null
    builder.entries.u8(0);
    builder.add(start, false);
  }
  return { type: 'block', bytes: builder.finish() as Uint8Array, position };
}

function run(seq: number, blocks: number, entries: number): LogItem {
  return { type: 'run', summary: { seq, blocks, entries }, position: 9 };
}

describe('a log whose items do not fit together is CORRUPT', () => {
  /** The items, and where the first one stands that does not fit. */
  const cases: Record<string, [LogItem[], number?]> = {
    'a first commit that is not 1': [[commit(2)]],
    'a commit left out': [[commit(1), commit(3)]],
    'a commit twice': [[commit(1), commit(1)]],
    'commits in the wrong order': [[commit(1), commit(3), commit(2)], 30],
    'a commit that the run has': [[block(['a']), run(7, 1, 1), commit(7)]],
    'a commit left out after the run': [[block(['a']), run(7, 1, 1), commit(9)]],
    'blocks in the wrong order': [[block(['c', 'd'], 4), block(['a', 'b'], 6), run(1, 2, 4)], 6],
    'a block twice': [[block(['a', 'b'], 4), block(['a', 'b'], 6), run(1, 2, 4)], 6],
    'fewer entries than the run should have': [[block(['a']), run(1, 1, 2)]],
    'more entries than the run should have': [[block(['a', 'b']), run(1, 1, 1)]],
    'a run that should have entries and has none': [[run(1, 0, 1)]],
    'a commit of an unknown change': [
      [{ type: 'commit', commit: { seq: 1, payload: Uint8Array.of(1, 0x0f) }, position: 10 }],
    ],
    'a commit that ends in the middle of a change': [
      [{ type: 'commit', commit: { seq: 1, payload: Uint8Array.of(1, 2, 9) }, position: 10 }],
    ],
    'a block of no entries': [[{ type: 'block', bytes: new Uint8Array(9), position: 5 }]],
  };
  test.each(Object.entries(cases))('%s', async (_name, [items, offset = items.at(-1)?.position]) => {
    await expect(Store.open(logOf(...items))).rejects.toMatchObject({
      code: 'CORRUPT',
      offset,
    });
  });

  test('and what fits is taken', async () => {
    const store = await Store.open(logOf(block(['a', 'b']), block(['c']), run(7, 2, 3), commit(8, 'b')));
    expect(content(store)).toEqual({ a: null, c: null });
    expect(store.stats().seq).toBe(8);
  });
});

describe('a torn tail', () => {
  /** Three commits, the last of two changes; cut at every byte of the last. */
  async function cut(): Promise<{ bytes: Uint8Array; whole: number }> {
    const medium = new MemoryMedium();
    const store = await Store.open(memoryLog(medium));
    await store.set('a', 1);
    await store.set('b', 2);
    const whole = medium.end;
    void store.set('a', 'changed');
    void store.namespace('x').set('c', 3);
    void store.delete('b');
    await store.flush();
    return { bytes: bytesOf(medium), whole };
  }

  test('is dropped and told; never half a commit', async () => {
    const { bytes, whole } = await cut();
    for (let end = whole; end < bytes.length; end++) {
      const store = await Store.open(memoryLog(mediumOf(bytes.slice(0, end))));
      expect(content(store), `cut at ${end}`).toEqual({ a: 1, b: 2 });
      expect(store.namespaces()).toEqual(['']);
      const { seq, torn } = store.stats();
      expect(seq).toBe(2);
      expect(torn?.offset).toBe(end === whole ? undefined : whole);
      // Zeros at the end of the log may never have been written, and are not counted.
      if (torn) expect(torn.bytes).toBeLessThanOrEqual(end - whole);
    }
  });

  test('is overwritten by the next commit, and gone after it', async () => {
    const { bytes } = await cut();
    const medium = mediumOf(bytes.slice(0, -1));
    const store = await Store.open(memoryLog(medium));
    await store.set('d', 4);
    await store.verify();
    const again = await Store.open(memoryLog(medium));
    expect(content(again)).toEqual({ a: 1, b: 2, d: 4 });
    expect(again.stats().torn).toBeUndefined();
  });

  test('stays on the medium while the store is only read', async () => {
    const { bytes } = await cut();
    const medium = mediumOf(bytes.slice(0, -1));
    const store = await Store.open(memoryLog(medium), { readOnly: true });
    expect(store.stats().torn).toBeDefined();
    await store.close();
    expect(medium.end).toBe(bytes.length - 1);
  });

  test('of the very first commit leaves an empty store', async () => {
    const medium = new MemoryMedium();
    const store = await Store.open(memoryLog(medium));
    await store.set('a', 1);
    const again = await Store.open(memoryLog(mediumOf(bytesOf(medium).slice(0, -1))));
    expect(again.size).toBe(0);
    await again.set('b', 1);
    expect(content(again)).toEqual({ b: 1 });
  });
});

test('a bit turned over in the middle is CORRUPT with its offset, and nothing is overwritten', async () => {
  const medium = new MemoryMedium();
  const store = await Store.open(memoryLog(medium));
  for (let i = 0; i < 3; i++) await store.set(`key${i}`, i);
  const bytes = bytesOf(medium);
  const first = (medium.parts[0] as Uint8Array).length;
  const { length } = medium.parts[1] as Uint8Array;
  for (let at = first; at < first + length; at++) {
    const damaged = bytes.slice();
    damaged[at] = (damaged[at] as number) ^ 1;
    const other = mediumOf(damaged.slice());
    const error: unknown = await Store.open(memoryLog(other)).catch((reason: unknown) => reason);
    expect(error, `byte ${at}`).toMatchObject({ code: 'CORRUPT' });
    expect((error as { offset: number }).offset).toBeGreaterThanOrEqual(first);
    await turns();
    expect(Buffer.compare(bytesOf(other), damaged)).toBe(0);
  }
});
