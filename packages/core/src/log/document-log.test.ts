import { describe, expect, it } from 'vitest';
import { bytesOf, commit, itemsOf, once, opened, told } from '../../test/logs.ts';
import { IsokvError, logConflict } from '../errors.ts';
import { documentLog } from './document-log.ts';
import type { Document, Log, LogItem, LogOpenOptions } from './log.ts';
import { MemoryMedium, memoryLog } from './memory-log.ts';

const strict = 'strict';

/** A document in memory; `versions` says whether it detects that another has written. */
class Paper implements Document {
  bytes: Uint8Array | undefined;
  revision = 0;
  writes = 0;
  failure: Error | undefined;
  readonly versions: boolean;

  constructor(versions = true) {
    this.versions = versions;
  }

  async read(): Promise<{ bytes: Uint8Array; version?: string } | undefined> {
    return this.bytes && { bytes: this.bytes.slice(), ...this.#version() };
  }

  async write(
    bytes: Uint8Array,
    { ifVersion }: { ifVersion?: string | null | undefined },
  ): Promise<{ version?: string }> {
    if (this.failure) throw this.failure;
    const current = this.bytes ? `r${this.revision}` : null;
    if (this.versions && ifVersion !== undefined && ifVersion !== current) throw logConflict();
    this.bytes = bytes.slice();
    this.revision++;
    this.writes++;
    return this.#version();
  }

  async remove(): Promise<void> {
    this.bytes = undefined;
  }

  #version(): { version?: string } {
    return this.versions ? { version: `r${this.revision}` } : {};
  }
}

function logOn(paper: Paper): Log {
  return documentLog(paper, { name: 'paper', durability: [strict], shared: true, persistent: true });
}

const run: LogItem[] = [
  { type: 'block', bytes: new TextEncoder().encode('a'), position: 0 },
  { type: 'run', summary: { seq: 2, blocks: 1, entries: 1 }, position: 0 },
];

describe('documentLog', () => {
  it('holds the same bytes as any other log, written whole with every append', async () => {
    const paper = new Paper();
    const { log } = await opened(logOn(paper));
    expect(paper.writes).toBe(0);
    const end = await log.append([commit(1)], { durability: strict, after: 0 });
    await log.append([commit(2), commit(3)], { durability: strict, after: end });
    expect(paper.writes).toBe(2);
    expect(told((await opened(logOn(paper))).items)).toEqual(['commit 1', 'commit 2', 'commit 3']);
    const medium = new MemoryMedium();
    medium.parts = [paper.bytes!];
    medium.end = paper.bytes!.length;
    expect(told((await opened(memoryLog(medium))).items)).toEqual(['commit 1', 'commit 2', 'commit 3']);
    expect(bytesOf(medium).length).toBe(paper.bytes!.length);
  });

  it('is replaced, and grows after', async () => {
    const paper = new Paper();
    const { log } = await opened(logOn(paper));
    const end = await log.append([commit(1), commit(2)], { durability: strict, after: 0 });
    const replaced = await log.replace(once(run), { upTo: () => end });
    expect(replaced).toBeGreaterThan(end);
    expect(await itemsOf(log, replaced)).toEqual([]);
    expect(told(await itemsOf(log, end))).toEqual(['start', 'block a', 'run']);
    await log.append([commit(3)], { durability: strict, after: replaced });
    expect(told(await itemsOf(log))).toEqual(['block a', 'run', 'commit 3']);
    expect(told((await opened(logOn(paper))).items)).toEqual(['block a', 'run', 'commit 3']);
  });

  it('reads on what another has added', async () => {
    const paper = new Paper();
    const a = await opened(logOn(paper));
    const b = await opened(logOn(paper));
    const first = await a.log.append([commit(1)], { durability: strict, after: 0 });
    expect(told(await itemsOf(b.log, 0))).toEqual(['commit 1']);
    const second = await b.log.append([commit(2)], { durability: strict, after: first });
    expect(told(await itemsOf(a.log, first))).toEqual(['commit 2']);
    expect(await itemsOf(a.log, second)).toEqual([]);
    await a.log.append([commit(3)], { durability: strict, after: second });
    expect(told((await opened(logOn(paper))).items)).toEqual(['commit 1', 'commit 2', 'commit 3']);
  });

  it('refuses who has not seen the last version, and loses nothing', async () => {
    const paper = new Paper();
    const a = await opened(logOn(paper));
    const first = await a.log.append([commit(1)], { durability: strict, after: 0 });
    const b = await opened(logOn(paper));
    const second = await a.log.append([commit(2)], { durability: strict, after: first });
    await expect(
      b.log.append([commit(2, 'lost')], { durability: strict, after: first }),
    ).rejects.toMatchObject({
      code: 'LOG_CONFLICT',
    });
    await expect(b.log.replace(once(run), { upTo: () => first })).rejects.toMatchObject({
      code: 'LOG_CONFLICT',
    });
    expect(told(await itemsOf(b.log, first))).toEqual(['commit 2']);
    await b.log.append([commit(3)], { durability: strict, after: second });
    expect(told((await opened(logOn(paper))).items)).toEqual(['commit 1', 'commit 2', 'commit 3']);
  });

  it('refuses a replace by who does not know the end, without a version to tell', async () => {
    const paper = new Paper(false);
    const { log } = await opened(logOn(paper));
    const end = await log.append([commit(1)], { durability: strict, after: 0 });
    const stale = log.replace(once(run), { upTo: () => end - 1 });
    await expect(stale).rejects.toMatchObject({ code: 'LOG_CONFLICT' });
    expect(paper.writes).toBe(1);
  });

  it('is read anew when another has replaced it, by a shorter or a longer one', async () => {
    for (const shorter of [true, false]) {
      const paper = new Paper();
      const a = await opened(logOn(paper));
      const commits = shorter ? [commit(1), commit(2, 'k'.repeat(200))] : [commit(1)];
      const end = await a.log.append(commits, { durability: strict, after: 0 });
      const b = await opened(logOn(paper));
      await a.log.replace(once(run), { upTo: () => end });
      const items = await itemsOf(b.log, end);
      expect(told(items)).toEqual(['start', 'block a', 'run']);
      await b.log.append([commit(3)], { durability: strict, after: items.at(-1)!.position });
      expect(told((await opened(logOn(paper))).items)).toEqual(['block a', 'run', 'commit 3']);
    }
  });

  it('starts anew when the document has been removed under it', async () => {
    const paper = new Paper(false);
    const { log } = await opened(logOn(paper));
    const end = await log.append([commit(1)], { durability: strict, after: 0 });
    await paper.remove();
    const items = await itemsOf(log, end);
    expect(told(items)).toEqual(['start']);
    expect(items[0]!.position).toBeGreaterThan(end);
    await log.append([commit(1, 'new')], { durability: strict, after: items[0]!.position });
    expect(told((await opened(logOn(paper))).items)).toEqual(['commit 1']);
  });

  it('takes in what another begins when the document has been removed', async () => {
    const paper = new Paper();
    const { log } = await opened(logOn(paper));
    const end = await log.append([commit(1)], { durability: strict, after: 0 });
    await paper.remove();
    const [start] = await itemsOf(log, end);
    expect(await itemsOf(log, start!.position)).toEqual([]);
    const other = await opened(logOn(paper));
    await other.log.append([commit(1, 'new')], { durability: strict, after: 0 });
    const items = await itemsOf(log, start!.position);
    expect(told(items)).toEqual(['start', 'commit 1']);
    await log.append([commit(2)], { durability: strict, after: items.at(-1)!.position });
    expect(told((await opened(logOn(paper))).items)).toEqual(['commit 1', 'commit 2']);
  });

  it('does not grow after a failed write until it has been replaced', async () => {
    const paper = new Paper();
    const { log } = await opened(logOn(paper));
    const end = await log.append([commit(1)], { durability: strict, after: 0 });
    paper.failure = new IsokvError('IO', 'quota exceeded');
    await expect(log.append([commit(2)], { durability: strict, after: end })).rejects.toBe(paper.failure);
    paper.failure = undefined;
    await expect(log.append([commit(2)], { durability: strict, after: end })).rejects.toMatchObject({
      code: 'IO',
    });
    const replaced = await log.replace(once(run), { upTo: () => end });
    await log.append([commit(3)], { durability: strict, after: replaced });
    expect(told((await opened(logOn(paper))).items)).toEqual(['block a', 'run', 'commit 3']);
  });

  it('drops a torn tail, on media that may leave one', async () => {
    const paper = new Paper();
    const { log } = await opened(logOn(paper));
    const end = await log.append([commit(1)], { durability: strict, after: 0 });
    await log.append([commit(2)], { durability: strict, after: end });
    paper.bytes = paper.bytes!.slice(0, -1);
    const again = await opened(logOn(paper));
    expect(told(again.items)).toEqual(['commit 1', expect.stringMatching(/^torn/)]);
    await again.log.append([commit(3)], { durability: strict, after: again.end });
    expect(told((await opened(logOn(paper))).items)).toEqual(['commit 1', 'commit 3']);
  });

  it('opens as it is asked to, and destroys the document', async () => {
    const paper = new Paper();
    const open = (mode: LogOpenOptions['mode']): Promise<void> =>
      logOn(paper).open({ readOnly: false, mode });
    await open('mustNotExist');
    await expect(open('mustExist')).rejects.toMatchObject({ code: 'MISSING' });
    expect(paper.bytes).toBeUndefined();
    const { log } = await opened(logOn(paper));
    const end = await log.append([commit(1)], { durability: strict, after: 0 });
    await open('mustExist');
    await expect(open('mustNotExist')).rejects.toMatchObject({ code: 'EXISTS' });
    await log.replace(once(run), { upTo: () => end });
    await log.close();
    await log.destroy();
    expect(paper.bytes).toBeUndefined();
    expect(await opened(log)).toMatchObject({ items: [], end: 0 });
    await log.append([commit(1)], { durability: strict, after: 0 });
  });

  it('passes on who watches', async () => {
    const paper = new Paper();
    expect(logOn(paper).watch).toBeUndefined();
    const watched: Document = Object.assign(new Paper(), {
      watch: (onWrite: () => void) => {
        onWrite();
        return () => 'ended';
      },
    });
    let calls = 0;
    const log = documentLog(watched, { name: 'paper', durability: [strict], shared: true, persistent: true });
    expect(log.watch!(() => calls++)()).toBe('ended');
    expect(calls).toBe(1);
  });
});
