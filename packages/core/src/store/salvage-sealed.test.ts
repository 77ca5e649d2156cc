/** What a cipher has sealed is saved where it opens, and nothing else with it. */
import { beforeAll, describe, expect, test } from 'vitest';
import { contentIn, contentOf, messagesOf } from '../../test/damaged.ts';
import { bitFlips, framed } from '../../test/framing.ts';
import { bytesOf, header } from '../../test/logs.ts';
import { opened, wholeLog, write } from '../../test/salvaging.ts';
import { toyCipher, toySession } from '../../test/toy-cipher.ts';
import { FLIGHT, KIND } from '../format/frame.ts';
import type { Message } from '../format/scanner.ts';
import { MemoryMedium } from '../index.ts';

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
    const { messages } = await wholeLog();
    const [forged] = messages.filter((message) => message.kind === KIND.commit) as [Message];
    const { bytes } = framed([{ ...header }, { kind: KIND.commit, payload: forged.payload, flags: FLIGHT }]);
    const commit = bytes.subarray(messagesOf(bytes)[0]!.end - 4);
    const { store } = await opened(Uint8Array.of(...sealed, ...commit), { cipher });
    expect(contentOf(store)).toEqual(contentIn(parts));
    const headless = Uint8Array.of(...sealed.subarray(0, 20), ...commit);
    await expect(opened(headless, { cipher })).rejects.toMatchObject({ code: 'CORRUPT' });
  });
});
