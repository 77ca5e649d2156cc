import { beforeAll, describe, expect, test } from 'vitest';
import { contentIn, contentOf, messagesOf } from '../../test/damaged.ts';
import { bitFlips, framed } from '../../test/framing.ts';
import { bytesOf, bytesWith, header, mediumOf } from '../../test/logs.ts';
import { toyCipher, toySession } from '../../test/toy-cipher.ts';
import { FLIGHT, KIND } from '../format/frame.ts';
import type { Message } from '../format/scanner.ts';
import { type ByteLog, frameLog, MemoryMedium, memoryLog, Store, type StoreOptions } from '../index.ts';

const salvage: StoreOptions = { recovery: 'salvage', compaction: 'manual' };

/** A run of three blocks, an entry that expires, and commits of every kind of change. */
async function write(medium: MemoryMedium, options: StoreOptions = {}): Promise<void> {
  const store = await Store.open(memoryLog(medium), { ...options, compaction: 'manual' });
  void store.setMany([
    ['a', 1],
    ['b', 'two'],
  ]);
  void store.set('c', 3, { expiresAt: 9e12 });
  void store.namespace('x').set('a', { n: 1 });
  void store.namespace('y').set('a', null);
  await store.compact();
  await store.set('a', 2);
  void store.namespace('x').set('b', 'new');
  await store.delete('b');
  await store.set('d', 'last but two');
  await store.namespace('y').clear();
  await store.set('a', 3);
  await store.close();
}

/** Opens a store on bytes all of which are known to have been durable, so that no damage is a torn tail. */
async function opened(
  bytes: Uint8Array,
  { settled = bytes.length, ...options }: StoreOptions & Partial<ByteLog> = {},
): Promise<{ store: Store; medium: MemoryMedium }> {
  const medium = mediumOf(bytes);
  const log = frameLog(bytesWith(medium, { settled, isOurs: true }));
  return { store: await Store.open(log, { ...salvage, ...options }), medium };
}

let whole: Uint8Array;
let messages: Message[];
beforeAll(async () => {
  const medium = new MemoryMedium();
  await write(medium);
  whole = bytesOf(medium);
  messages = messagesOf(whole);
});

const isRun = ({ kind }: Message): boolean => kind === KIND.block || kind === KIND.runEnd;

describe('salvage', () => {
  test('of a log that is not damaged does nothing', async () => {
    const { store, medium } = await opened(whole);
    expect(contentOf(store)).toEqual(contentIn(messages));
    expect(store.stats().salvaged).toBeUndefined();
    expect(medium.aside.size).toBe(0);
    expect(bytesOf(medium)).toEqual(whole);
    const torn = whole.subarray(0, -3);
    const again = await opened(torn, { settled: 0 });
    expect(again.store.stats()).toMatchObject({
      salvaged: undefined,
      torn: { offset: messages.at(-1)?.start },
    });
    expect(bytesOf(again.medium)).toEqual(torn);
  });

  test('saves all but the message in which a bit was turned, whichever it is', async () => {
    for (const { flipped, at } of bitFlips(whole)) {
      const { store, medium } = await opened(flipped.slice());
      const hit = messages.find(({ end }) => at < end) as Message;
      const left = messages.filter((message) => message !== hit);
      expect(contentOf(store), `byte ${at}`).toEqual(contentIn(left));
      const report = store.stats().salvaged;
      expect(report?.damage, `byte ${at}`).toMatchObject([
        { offset: hit.start, bytes: hit.end - hit.start, message: expect.stringMatching(/\w/) },
      ]);
      expect(report?.saved.commits).toBe(left.filter(({ kind }) => kind === KIND.commit).length);
      expect(Buffer.compare(medium.aside.get(report?.keptAs as string) as Uint8Array, flipped)).toBe(0);
      await store.verify();
      const { torn, seq } = store.stats();
      expect(torn).toBeUndefined();
      if (at % 16 !== 0) continue;
      await store.set('more', at);
      await store.close();
      const again = await Store.open(memoryLog(medium));
      expect(again.get('more')).toBe(at);
      expect(again.stats().seq).toBe(seq + 1);
    }
  }, 60_000);

  test('of a log that was cut saves what is whole before the cut; nothing is an error', async () => {
    for (let length = 0; length < whole.length; length++) {
      const left = messages.filter(({ end }) => end <= length);
      const cut = whole.slice(0, length);
      const opening = opened(cut, { settled: whole.length });
      if (!left.some(({ kind }) => kind === KIND.block || kind === KIND.commit)) {
        await expect(opening).rejects.toMatchObject({ code: 'CORRUPT' });
        continue;
      }
      const { store, medium } = await opening;
      expect(contentOf(store), `cut at ${length}`).toEqual(contentIn(left));
      const { offset = 0, bytes = 0 } = store.stats().salvaged?.damage.at(-1) ?? {};
      expect(offset + bytes).toBe(whole.length);
      expect(medium.aside.get('damaged-1')).toEqual(cut);
    }
  });

  test('saves what lies between any two places that are damaged', async () => {
    for (const [i, one] of messages.entries()) {
      for (const other of messages.slice(i + 1)) {
        const damaged = whole.slice().fill(0x6b, one.start, one.end).fill(0, other.start, other.end);
        const left = messages.filter((message) => message !== one && message !== other);
        const { store } = await opened(damaged);
        // The first frame after what was written over has lost the checksum that it goes on from.
        const lost = contentOf(store);
        const after = (hit: Message): Message | undefined => messages[messages.indexOf(hit) + 1];
        const found = left.filter((message) => message !== after(one) && message !== after(other));
        expect(lost).toEqual(contentIn(found));
      }
    }
  });

  test('tells which commits are missing, and how many entries of the run', async () => {
    const commits = messages.filter(({ kind }) => kind === KIND.commit);
    const damaged = whole.slice();
    for (const index of [0, 2]) damaged[(commits[index] as Message).start + 7]! ^= 1;
    damaged[(messages.find(({ kind }) => kind === KIND.block) as Message).start + 9]! ^= 1;
    const { store } = await opened(damaged);
    const { salvaged, seq } = store.stats();
    expect(salvaged).toMatchObject({
      saved: { entries: 2, commits: 3 },
      lost: {
        entries: 3,
        commits: [
          [2, 2],
          [4, 4],
        ],
      },
    });
    expect(salvaged?.damage).toHaveLength(3);
    // The numbers go on where they were.
    expect(seq).toBe(6);
  });

  test('keeps what expires expiring', async () => {
    const damaged = whole.slice();
    damaged[damaged.length - 5]! ^= 1;
    const { store } = await opened(damaged);
    expect(store.expiresAt('c')).toBe(9e12);
    const { store: later } = await opened(damaged, { now: () => 9e12 });
    expect(later.has('c')).toBe(false);
  });

  test('that finds nothing whole is an error, and changes nothing', async () => {
    for (const damaged of [new Uint8Array(whole.length).fill(7), new Uint8Array(whole.length)]) {
      const medium = mediumOf(damaged.slice());
      const log = frameLog(bytesWith(medium, { settled: whole.length, isOurs: true }));
      await expect(Store.open(log, salvage)).rejects.toMatchObject({ code: 'CORRUPT' });
      expect(bytesOf(medium)).toEqual(damaged);
      expect(medium.aside.size).toBe(0);
    }
  });

  test('of what is not ours is an error, and changes nothing', async () => {
    const text = new TextEncoder().encode(`not a store, but long enough to be one${'.'.repeat(500)}`);
    for (const foreign of [text, Uint8Array.of(...text, ...whole)]) {
      const medium = mediumOf(foreign.slice());
      await expect(Store.open(memoryLog(medium), salvage)).rejects.toMatchObject({ code: 'NOT_ISOKV' });
      expect(bytesOf(medium)).toEqual(foreign);
      expect(medium.aside.size).toBe(0);
    }
    // A header that is damaged is recognised by the rest of its magic.
    const damaged = whole.slice();
    damaged[8]! ^= 1;
    const store = await Store.open(memoryLog(mediumOf(damaged)), salvage);
    expect(contentOf(store)).toEqual(contentIn(messages));
  });

  test('never brings back what is older, nor what belongs to another log', async () => {
    const commits = messages.filter(({ kind }) => kind === KIND.commit);
    const [first, second, third] = commits as [Message, Message, Message];
    const piece = ({ start, end }: Message): Uint8Array => whole.subarray(start, end);
    const stale = Uint8Array.of(
      ...whole.subarray(0, third.end),
      ...whole.subarray(first.start - 4, first.start),
      ...piece(first),
      ...piece(second),
    );
    const { store } = await opened(stale);
    expect(contentOf(store)).toEqual(contentIn(messages.filter(({ end }) => end <= third.end)));

    const inner = new MemoryMedium();
    const other = await Store.open(memoryLog(inner));
    for (let i = 0; i < 9; i++) await other.set('a', `foreign ${i}`);
    const medium = new MemoryMedium();
    const outer = await Store.open(memoryLog(medium));
    await outer.set('a', 'own');
    await outer.set('backup', bytesOf(inner));
    await outer.close();
    const bytes = bytesOf(medium);
    const holder = messagesOf(bytes).at(-1) as Message;
    for (let at = holder.start; at < holder.start + 12; at++) {
      const damaged = bytes.slice();
      damaged[at]! ^= 0x10;
      const { store: saved } = await opened(damaged);
      expect(contentOf(saved)).toEqual({ '': { a: 'own' } });
    }
  });

  test('takes nothing that stands inside a message, be it without a header', async () => {
    const inner = new MemoryMedium();
    const other = await Store.open(memoryLog(inner));
    for (let i = 0; i < 9; i++) await other.set('a', `foreign ${i}`);
    const piece = bytesOf(inner).subarray((messagesOf(bytesOf(inner))[0] as Message).end - 4);
    const medium = new MemoryMedium();
    const outer = await Store.open(memoryLog(medium));
    await outer.set('a', 'own');
    await outer.set('piece', piece);
    await outer.set('b', 'own');
    const bytes = bytesOf(medium);
    const holder = messagesOf(bytes).at(-2) as Message;
    bytes[holder.start + 9]! ^= 0x10;
    const { store } = await opened(bytes);
    expect(contentOf(store)).toEqual({ '': { a: 'own', b: 'own' } });
  });

  test('by who only reads is read anew when another has salvaged', async () => {
    const damaged = whole.slice();
    damaged[(messages.at(-3) as Message).start + 8]! ^= 1;
    const medium = mediumOf(damaged);
    const reader = await Store.open(memoryLog(medium), { ...salvage, readOnly: true });
    const writer = await Store.open(memoryLog(medium), salvage);
    await writer.set('more', 1);
    await reader.refresh();
    expect(contentOf(reader)).toEqual(contentOf(writer));
    expect(reader.get('more')).toBe(1);
    await writer.set('more', 2);
    await reader.refresh();
    expect(reader.get('more')).toBe(2);
  });

  test('does not take a later part of a message for a message', async () => {
    const medium = new MemoryMedium();
    const store = await Store.open(memoryLog(medium), { compaction: 'manual' });
    await store.set('a', 1);
    await store.set('long', 'x'.repeat(2_500_000));
    await store.set('b', 2);
    await store.close();
    const bytes = bytesOf(medium);
    const [, , long] = messagesOf(bytes) as [Message, Message, Message];
    for (const at of [long.start, long.start + 3, long.start + 1_048_590, long.end - 3]) {
      const damaged = bytes.slice();
      damaged[at]! ^= 1;
      const { store: saved } = await opened(damaged);
      expect(contentOf(saved)).toEqual({ '': { a: 1, b: 2 } });
      expect(saved.stats().salvaged).toMatchObject({
        damage: [{ offset: long.start, bytes: long.end - long.start }],
        lost: { commits: [[2, 2]], entries: 0 },
      });
    }
  });

  test('of one that reached the medium out of order saves what did', async () => {
    const medium = new MemoryMedium();
    const store = await Store.open(memoryLog(medium));
    for (const key of ['a', 'b', 'c', 'd', 'e']) await store.set(key, 1);
    const bytes = bytesOf(medium);
    const [, , , c] = messagesOf(bytes) as [Message, Message, Message, Message];
    bytes.fill(0, c.start + 5, c.end - 4);
    await expect(opened(bytes, { settled: 0, recovery: 'strict' })).rejects.toMatchObject({
      code: 'CORRUPT',
      offset: c.start,
    });
    const { store: saved } = await opened(bytes, { settled: 0 });
    expect(contentOf(saved)).toEqual({ '': { a: 1, b: 1, d: 1, e: 1 } });
  });

  test('by who only reads leaves all as it is, and still says what is damaged', async () => {
    const damaged = whole.slice();
    const hit = messages.at(-3) as Message;
    damaged[hit.start + 8]! ^= 1;
    const { store, medium } = await opened(damaged.slice(), { readOnly: true });
    expect(contentOf(store)).toEqual(contentIn(messages.filter((message) => message !== hit)));
    expect(store.stats().salvaged).toMatchObject({ keptAs: undefined, damage: [{ offset: hit.start }] });
    await expect(store.verify()).rejects.toMatchObject({ code: 'CORRUPT', offset: hit.start });
    await store.close();
    expect(bytesOf(medium)).toEqual(damaged);
    expect(medium.aside.size).toBe(0);
  });

  test('is refused where the damaged log cannot be kept', async () => {
    const damaged = whole.slice();
    damaged[damaged.length - 5]! ^= 1;
    const medium = mediumOf(damaged.slice());
    const { setsAside: _, ...capabilities } = memoryLog().capabilities;
    const log = frameLog(bytesWith(medium, { settled: whole.length, capabilities }));
    await expect(Store.open(log, salvage)).rejects.toMatchObject({
      code: 'UNSUPPORTED',
      cause: { code: 'CORRUPT' },
    });
    expect(bytesOf(medium)).toEqual(damaged);
    const readable = await Store.open(log, { ...salvage, readOnly: true });
    expect(readable.stats().salvaged?.saved.commits).toBe(4);
  });
});

describe('salvage of a sealed log', () => {
  const cipher = toyCipher(7);
  let sealed: Uint8Array;
  let parts: Message[];
  beforeAll(async () => {
    const medium = new MemoryMedium();
    await write(medium, { cipher });
    sealed = bytesOf(medium);
    parts = messagesOf(sealed, toySession(7));
  });

  test('saves what opens; without the header nothing does', async () => {
    for (const { flipped, at, bit } of bitFlips(sealed)) {
      if (bit !== at % 8) continue;
      const hit = parts.find(({ end }) => at < end) as Message;
      const opening = opened(flipped.slice(), { cipher });
      if (hit.kind === KIND.header) {
        await expect(opening, `byte ${at}`).rejects.toMatchObject({ code: 'CORRUPT' });
        continue;
      }
      const { store, medium } = await opening;
      expect(contentOf(store), `byte ${at}`).toEqual(contentIn(parts.filter((part) => part !== hit)));
      expect(Buffer.from(bytesOf(medium)).includes('last but two')).toBe(false);
      expect(medium.aside.get('damaged-1')).toEqual(flipped);
    }
  });

  test('with a wrong key, or none, changes nothing', async () => {
    const damaged = sealed.slice();
    damaged[(parts.at(-2) as Message).start + 8]! ^= 1;
    await expect(opened(damaged, { cipher: toyCipher(8) })).rejects.toMatchObject({ code: 'CORRUPT' });
    await expect(opened(damaged)).rejects.toMatchObject({ code: 'SEALED' });
  });

  test('saves nothing that was never sealed', async () => {
    const [forged] = messages.filter((message) => message.kind === KIND.commit) as [Message];
    const { bytes } = framed([{ ...header }, { kind: KIND.commit, payload: forged.payload, flags: FLIGHT }]);
    const commit = bytes.subarray(messagesOf(bytes)[0]!.end - 4);
    const { store } = await opened(Uint8Array.of(...sealed, ...commit), { cipher });
    expect(contentOf(store)).toEqual(contentIn(parts));
    const headless = Uint8Array.of(...sealed.subarray(0, 20), ...commit);
    await expect(opened(headless, { cipher })).rejects.toMatchObject({ code: 'CORRUPT' });
  });
});

test('a run is saved block by block', async () => {
  for (const hit of messages.filter(isRun)) {
    const damaged = whole.slice();
    damaged[hit.start + 6]! ^= 1;
    const { store } = await opened(damaged);
    expect(contentOf(store)).toEqual(contentIn(messages.filter((message) => message !== hit)));
    const { entries } = store.stats().salvaged?.lost ?? {};
    if (hit.kind === KIND.runEnd) expect(entries).toBeUndefined();
    else expect(entries).toBeGreaterThan(0);
  }
});
