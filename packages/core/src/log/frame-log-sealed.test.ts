import { describe, expect, it } from 'vitest';
import { text } from '../../test/framing.ts';
import { bytesOf, commit, itemsOf, mediumOf, once, opened, told } from '../../test/logs.ts';
import { toyCipher } from '../../test/toy-cipher.ts';
import type { CipherSession } from '../cipher.ts';
import type { LogItem } from './log.ts';
import { MemoryMedium, memoryLog } from './memory-log.ts';

const relaxed = 'relaxed';

async function sealedMedium(): Promise<MemoryMedium> {
  const medium = new MemoryMedium();
  const { log } = await opened(memoryLog(medium), toyCipher(7));
  const end = await log.append([commit(1, 'secret1')], { durability: relaxed, after: 0 });
  await log.append([commit(2, 'secret2')], { durability: relaxed, after: end });
  await log.close();
  return medium;
}

describe('a sealed log', () => {
  it('opens with its cipher, started with the header it wrote, and shows nothing without', async () => {
    const medium = await sealedMedium();
    expect(Buffer.from(bytesOf(medium)).includes('secret')).toBe(false);
    const cipher = toyCipher(7);
    const { log, items, end } = await opened(memoryLog(medium), cipher);
    expect(told(items)).toEqual(['commit 1', 'commit 2']);
    expect(cipher.starts.map((header) => header && [...header])).toEqual([[0x5a, 0x17]]);
    await log.append([commit(3)], { durability: relaxed, after: end });
    expect(told(await itemsOf(log))).toEqual(['commit 1', 'commit 2', 'commit 3']);
  });

  it('is refused as SEALED with no cipher or one of another name, and so is a plain one with a cipher', async () => {
    const medium = await sealedMedium();
    await expect(opened(memoryLog(medium))).rejects.toMatchObject({
      code: 'SEALED',
      message: expect.stringContaining('sealed with toy'),
    });
    await expect(opened(memoryLog(medium), toyCipher(7, 'other'))).rejects.toMatchObject({ code: 'SEALED' });
    const plain = new MemoryMedium();
    await (await opened(memoryLog(plain))).log.append([commit(1)], { durability: relaxed, after: 0 });
    await expect(opened(memoryLog(plain), toyCipher(7))).rejects.toMatchObject({
      code: 'SEALED',
      message: expect.stringContaining('not sealed'),
    });
  });

  it('is CORRUPT with a wrong key, with the place of the first sealed frame', async () => {
    const medium = await sealedMedium();
    await expect(opened(memoryLog(medium), toyCipher(8))).rejects.toMatchObject({
      code: 'CORRUPT',
      offset: 44,
    });
  });

  it('is read on by another writer, and anew after a replace', async () => {
    const medium = await sealedMedium();
    const a = await opened(memoryLog(medium), toyCipher(7));
    const b = await opened(memoryLog(medium), toyCipher(7));
    const end = await a.log.append([commit(3)], { durability: relaxed, after: a.end });
    expect(told(await itemsOf(b.log, b.end))).toEqual(['commit 3']);
    const items: LogItem[] = [
      { type: 'block', bytes: text('secret block'), position: 0 },
      { type: 'run', summary: { seq: 3, blocks: 1, entries: 1 }, position: 0 },
    ];
    const replaced = await a.log.replace(once(items), { upTo: () => end });
    expect(Buffer.from(bytesOf(medium)).includes('secret')).toBe(false);
    expect(told(await itemsOf(b.log, end))).toEqual(['start', 'block secret block', 'run']);
    await b.log.append([commit(4)], { durability: relaxed, after: replaced });
    expect(told(await itemsOf(a.log, replaced))).toEqual(['commit 4']);
  });

  it('may have a torn tail', async () => {
    const bytes = bytesOf(await sealedMedium());
    const { log, items, end } = await opened(memoryLog(mediumOf(bytes.slice(0, -1))), toyCipher(7));
    expect(told(items)).toEqual(['commit 1', expect.stringMatching(/^torn/)]);
    await log.append([commit(2)], { durability: relaxed, after: end });
    expect(told(await itemsOf(log))).toEqual(['commit 1', 'commit 2']);
  });

  it('writes nothing of an append that could not be sealed', async () => {
    const medium = new MemoryMedium();
    const cipher = toyCipher(7);
    let sealable = Number.POSITIVE_INFINITY;
    const { log } = await opened(memoryLog(medium), {
      ...cipher,
      async start(header): Promise<CipherSession> {
        const session = await cipher.start(header);
        return {
          ...session,
          seal(plain, context) {
            if (sealable-- <= 0) throw new Error('no entropy');
            return session.seal(plain, context);
          },
        };
      },
    });
    const end = await log.append([commit(1)], { durability: relaxed, after: 0 });
    sealable = 1;
    await expect(log.append([commit(2), commit(3)], { durability: relaxed, after: end })).rejects.toThrow(
      'no entropy',
    );
    expect(medium.end).toBe(end);
    sealable = Number.POSITIVE_INFINITY;
    await log.append([commit(2, 'again')], { durability: relaxed, after: end }).catch(() => {});
    const { items } = await opened(memoryLog(medium), toyCipher(7));
    expect(told(items).slice(0, 2)).toEqual(medium.end === end ? ['commit 1'] : ['commit 1', 'commit 2']);
    expect(items.length).toBeLessThanOrEqual(2);
  });
});
