/** What is whole, but is not a commit of this log at this place, is not saved. */
import { beforeAll, describe, expect, test } from 'vitest';
import { contentIn, contentOf, messagesOf } from '../../test/damaged.ts';
import { bytesOf } from '../../test/logs.ts';
import { opened, wholeLog } from '../../test/salvaging.ts';
import { KIND } from '../format/frame.ts';
import type { Message } from '../format/scanner.ts';
import { MemoryMedium, memoryLog, Store } from '../index.ts';

let whole: Uint8Array;
let messages: Message[];
beforeAll(async () => {
  ({ whole, messages } = await wholeLog());
});

describe('salvage', () => {
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
});
