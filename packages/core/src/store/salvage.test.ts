import { beforeAll, describe, expect, test } from 'vitest';
import { contentIn, contentOf, messagesOf } from '../../test/damaged.ts';
import { bitFlips } from '../../test/framing.ts';
import { bytesOf, bytesWith, mediumOf } from '../../test/logs.ts';
import { opened, salvage, wholeLog } from '../../test/salvaging.ts';
import { KIND } from '../format/frame.ts';
import type { Message } from '../format/scanner.ts';
import { frameLog, MemoryMedium, memoryLog, Store } from '../index.ts';

let whole: Uint8Array;
let messages: Message[];
beforeAll(async () => {
  ({ whole, messages } = await wholeLog());
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
