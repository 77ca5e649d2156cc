import { describe, expect, it } from 'vitest';
import { text } from '../../test/framing.ts';
import { bytesOf, once } from '../../test/logs.ts';
import type { ByteLog, LogOpenOptions } from './log.ts';
import { MemoryMedium, memoryBytes } from './memory-log.ts';

const none = 'none';

async function read(
  log: ByteLog,
  after?: number,
): Promise<{ position: number | undefined; content: string }> {
  let position: number | undefined;
  let content = '';
  for await (const chunk of log.read(after)) {
    expect(chunk.position).toBe(position === undefined ? chunk.position : position + content.length);
    position ??= chunk.position;
    content += Buffer.from(chunk.bytes).toString();
  }
  return { position, content };
}

describe('memoryBytes', () => {
  it('gives all that was appended, or what follows a position', async () => {
    const log = memoryBytes();
    expect(await log.append([text('ab'), text('c')], { durability: none, after: 0 })).toBe(3);
    expect(await log.append([text('de')], { durability: none, after: 3 })).toBe(5);
    expect(await read(log)).toEqual({ position: 0, content: 'abcde' });
    for (let after = 0; after < 5; after++) {
      expect(await read(log, after)).toEqual({ position: after, content: 'abcde'.slice(after) });
    }
    expect(await read(log, 5)).toEqual({ position: undefined, content: '' });
  });

  it('keeps copies: the chunks are the caller’s again', async () => {
    const log = memoryBytes();
    const chunk = text('ab');
    await log.append([chunk], { durability: none, after: 0 });
    chunk.fill(0);
    const end = await log.replace(
      (async function* () {
        const chunk = text('xy');
        yield chunk;
        chunk.fill(0);
      })(),
      { upTo: () => 2 },
    );
    expect((await read(log)).content).toBe('xy');
    await log.append([text('z')], { durability: none, after: end });
    expect((await read(log)).content).toBe('xyz');
  });

  it('refuses who does not know the end', async () => {
    const log = memoryBytes();
    await log.append([text('ab')], { durability: none, after: 0 });
    for (const after of [0, 1, 3]) {
      await expect(log.append([text('x')], { durability: none, after })).rejects.toMatchObject({
        code: 'LOG_CONFLICT',
      });
      await expect(log.replace(once(text('x')), { upTo: () => after })).rejects.toMatchObject({
        code: 'LOG_CONFLICT',
      });
    }
    expect((await read(log)).content).toBe('ab');
  });

  it('gives, after a replace, all again from a position that was never an end before', async () => {
    const log = memoryBytes();
    const old = await log.append([text('abc')], { durability: none, after: 0 });
    const end = await log.replace(once(text('wx'), text('yz')), { upTo: () => old });
    for (const after of [0, 1, old]) {
      const { position, content } = await read(log, after);
      expect(content).toBe('wxyz');
      expect(position).toBeGreaterThan(old);
    }
    expect(await read(log, end - 1)).toEqual({ position: end - 1, content: 'z' });
  });

  it('is cut where it is told', async () => {
    const medium = new MemoryMedium();
    const log = memoryBytes(medium);
    await log.append([text('ab')], { durability: none, after: 0 });
    await log.replace(once(text('cd'), text('ef')), { upTo: () => 2 });
    await log.truncate?.(medium.base + 3);
    expect(Buffer.from(bytesOf(medium)).toString()).toBe('cde');
    expect(await log.append([text('x')], { durability: none, after: medium.base + 3 })).toBe(medium.base + 4);
    expect((await read(log)).content).toBe('cdex');
  });

  it('tells the other logs on its medium, not itself', async () => {
    const medium = new MemoryMedium();
    const [a, b] = [memoryBytes(medium), memoryBytes(medium)];
    const told: string[] = [];
    a.watch!(() => told.push('a'));
    const stop = b.watch!(() => told.push('b'));
    await a.append([text('x')], { durability: none, after: 0 });
    await b.append([text('y')], { durability: none, after: 1 });
    await a.replace(once(text('z')), { upTo: () => 2 });
    expect(told).toEqual(['b', 'a', 'b']);
    stop();
    await a.append([text('x')], { durability: none, after: medium.end });
    expect(told.length).toBe(3);
  });

  it('opens as it is asked to', async () => {
    const medium = new MemoryMedium();
    const open = (mode: LogOpenOptions['mode']): Promise<void> =>
      memoryBytes(medium).open({ readOnly: false, mode });
    await open('mustNotExist');
    await expect(open('mustExist')).rejects.toMatchObject({ code: 'MISSING' });
    await memoryBytes(medium).append([text('x')], { durability: none, after: 0 });
    await open('mustExist');
    await open('create');
    await expect(open('mustNotExist')).rejects.toMatchObject({ code: 'EXISTS' });
    await memoryBytes(medium).destroy();
    await open('mustNotExist');
    expect((await read(memoryBytes(medium))).content).toBe('');
  });
});
