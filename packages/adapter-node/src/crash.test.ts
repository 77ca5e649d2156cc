/** A process that is stopped between any two of its calls: what it was told is durable is there afterwards. */
import { existsSync, writeFileSync } from 'node:fs';
import { frameLog, type Log, type LogItem } from '@isokv/core';
import { expect, test } from 'vitest';
import { FileBytes } from './file-bytes.ts';
import { fileLog } from './file-log.ts';
import { FaultyFileSystem } from './testing/faulty-file-system.ts';
import { folderOfEachTest } from './testing/folder-of-each-test.ts';
import { commit, FOR_WRITING, itemsAt, readItems, seqs } from './testing/logs.ts';

const folder = folderOfEachTest();

const CHANGES = ['writev', 'truncate', 'rename', 'unlink', 'chmod'];

/** A file system that changes nothing any more after so many changes; the last is done in part. */
function stoppedAfter(changes: number, part: number): FaultyFileSystem {
  const fs = new FaultyFileSystem();
  let left = changes;
  fs.before = (call) => {
    if (!CHANGES.includes(call.operation)) {
      if (left <= 0 && call.operation !== 'close') throw new Error('stopped');
      return undefined;
    }
    left--;
    if (left < 0) throw new Error('stopped');
    if (left > 0 || call.operation !== 'writev') return undefined;
    const bytes = call.chunks.reduce((sum, chunk) => sum + chunk.length, 0);
    return Math.floor(bytes * part);
  };
  return fs;
}

/** Opens, appends, compacts, appends and closes. `acknowledged` holds what it was told is there. */
async function life(log: Log, acknowledged: number[]): Promise<void> {
  await log.open(FOR_WRITING);
  await readItems(log);
  let end = 0;
  const append = async (seq: number) => {
    end = await log.append([commit(seq, 'x'.repeat(seq * 10))], { durability: 'strict', after: end });
    acknowledged.push(seq);
    await new Promise((resolve) => setTimeout(resolve, 2)); // For the zeros to be written.
  };
  await append(1);
  await append(2);
  async function* content(): AsyncGenerator<LogItem[]> {
    yield [1, 2].map((seq) => ({ type: 'commit', commit: commit(seq, 'compacted'), position: 0 }));
  }
  end = await log.replace(content(), { upTo: () => end });
  await append(3);
  await log.close();
}

test.each([0, 0.5, 1])(
  'stopped after any change, the last one done to %d',
  async (part) => {
    let stopped = true;
    let changes = 0;
    for (; stopped; changes++) {
      const path = folder.path(`${part} ${changes}.isokv`);
      const fs = stoppedAfter(changes, part);
      const acknowledged: number[] = [];
      const log = frameLog(new FileBytes(path, fs, () => undefined));
      stopped = await life(log, acknowledged).then(
        () => false,
        () => true,
      );
      await fs.die();
      if (!existsSync(path)) {
        expect(acknowledged).toEqual([]);
        continue;
      }
      const again = fileLog(path, { onWarning: () => undefined });
      await again.open(FOR_WRITING);
      const found = seqs(await readItems(again));
      expect(found.slice(0, acknowledged.length)).toEqual(acknowledged);
      expect(found).toEqual([1, 2, 3].slice(0, found.length));
      expect(existsSync(`${path}.compacting`)).toBe(false);
      await again.close();
      expect(seqs(await itemsAt(fileLog(path, { onWarning: () => undefined })))).toEqual(found);
    }
    expect(changes).toBeGreaterThan(12);
  },
  30_000,
);

test('two stores whose paths begin alike do not share a temporary file', async () => {
  const paths = ['a', 'a.db', 'a.json'].map((name) => folder.path(name));
  for (const path of paths) {
    const log = fileLog(path);
    await log.open(FOR_WRITING);
    await readItems(log);
    await log.append([commit(1)], { durability: 'strict', after: 0 });
    await log.close();
    writeFileSync(`${path}.compacting`, 'stale');
  }
  const first = fileLog(paths[0] as string);
  await first.open(FOR_WRITING);
  await first.close();
  expect(paths.map((path) => existsSync(`${path}.compacting`))).toEqual([false, true, true]);
});
