import {
  chmodSync,
  existsSync,
  readFileSync,
  renameSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import type { FileBytes } from './file-bytes.ts';
import { writeSuperblock } from './superblock.ts';
import { systemError } from './testing/call.ts';
import { FaultyFileSystem } from './testing/faulty-file-system.ts';
import { folderOfEachTest } from './testing/folder-of-each-test.ts';
import { bytesOf, chunksOf, openBytes, plain, readBytes, text } from './testing/logs.ts';

const folder = folderOfEachTest();
let path: string;
let fs: FaultyFileSystem;
let log: FileBytes;
let end: number;
beforeEach(async () => {
  path = folder.path('a.isokv');
  fs = new FaultyFileSystem();
  ({ log } = await openBytes(path, fs));
  end = await log.append([bytesOf('old content')], { durability: 'strict', after: 0 });
  fs.calls.length = 0;
});

const strict = (after: number) => ({ durability: 'strict', after }) as const;
const reopened = async (): Promise<string> => text((await openBytes(path)).bytes);

describe('replace', () => {
  test('writes a whole new file beside the old, durable before it takes its place', async () => {
    const replaced = await log.replace(chunksOf('new', ' and ', 'shorter'), { upTo: () => end });
    expect(replaced).toBe(4096 + 15);
    expect(fs.operations('open', 'fsync', 'rename', 'syncDirectory')).toEqual([
      'open',
      'fsync',
      'rename',
      'syncDirectory',
    ]);
    const expected = Buffer.concat([writeSuperblock(replaced), bytesOf('new and shorter')]);
    expect(Buffer.from(plain(readFileSync(path))).equals(expected)).toBe(true);
    expect(log.settled).toBe(replaced);
    expect(text(await readBytes(log))).toBe('new and shorter');
    await log.append([bytesOf('!')], strict(replaced));
    await log.close();
    expect(await reopened()).toBe('new and shorter!');
    expect(existsSync(`${path}.compacting`)).toBe(false);
    expect(fs.handles).toBe(0);
  });

  test('keeps one chunk at a time, and lets go of it when it asks for the next', async () => {
    async function* reusing(): AsyncGenerator<Uint8Array> {
      const chunk = new Uint8Array(1000);
      for (let i = 1; i <= 50; i++) {
        yield chunk.fill(i);
        expect(statSync(`${path}.compacting`).size).toBe(4096 + i * 1000);
        chunk.fill(0);
      }
    }
    await log.replace(reusing(), { upTo: () => end });
    const bytes = await readBytes(log);
    expect(bytes.every((byte, at) => byte === Math.floor(at / 1000) + 1)).toBe(true);
    await log.close();
  });

  test('lets appends go on while it takes its content, and none after it', async () => {
    async function* content(): AsyncGenerator<Uint8Array> {
      yield bytesOf('old content');
      end = await log.append([bytesOf(' grown')], strict(end));
      yield bytesOf(' grown');
    }
    const replacing = log.replace(content(), { upTo: () => end });
    fs.before = async (call) => {
      if (call.operation === 'rename') {
        await expect(log.append([bytesOf('lost')], strict(end))).rejects.toMatchObject({ code: 'IO' });
      }
      return undefined;
    };
    end = await replacing;
    fs.before = () => undefined;
    await log.append([bytesOf('!')], strict(end));
    await log.close();
    expect(await reopened()).toBe('old content grown!');
  });

  test('is a conflict when the log has grown, or is growing, beyond it', async () => {
    const before = end;
    async function* content(): AsyncGenerator<Uint8Array> {
      yield bytesOf('new');
      end = await log.append([bytesOf(' grown')], strict(end));
    }
    await expect(log.replace(content(), { upTo: () => before })).rejects.toMatchObject({
      code: 'LOG_CONFLICT',
    });
    let growing: Promise<number> | undefined;
    async function* more(): AsyncGenerator<Uint8Array> {
      yield bytesOf('new');
      growing = log.append([bytesOf('!')], strict(end));
    }
    await expect(log.replace(more(), { upTo: () => end })).rejects.toMatchObject({ code: 'LOG_CONFLICT' });
    await growing;
    expect(existsSync(`${path}.compacting`)).toBe(false);
    await log.close();
    expect(await reopened()).toBe('old content grown!');
  });

  test('keeps the mode that the file was given', async () => {
    chmodSync(path, 0o646);
    const umask = process.umask(0o077);
    try {
      await log.replace(chunksOf('new'), { upTo: () => end });
    } finally {
      process.umask(umask);
    }
    expect(statSync(path).mode & 0o777).toBe(0o646);
    await log.close();
  });

  test('writes over no file that was put where it works', async () => {
    writeFileSync(folder.path('victim'), 'precious');
    writeFileSync(`${path}.compacting`, 'stale');
    await log.replace(chunksOf('new'), { upTo: () => end });
    await log.close();
    expect(await reopened()).toBe('new');
  });
});

describe('a replacement that fails', () => {
  const failing = ['open', 'stat', 'writev', 'fsync', 'rename'] as const;
  test.each(failing)('in %s leaves the old file and nothing beside it', async (operation) => {
    const cause = systemError('ENOSPC');
    fs.before = (call) => {
      if (call.operation === operation && call.path.endsWith('.compacting')) throw cause;
      return undefined;
    };
    await expect(log.replace(chunksOf('new'), { upTo: () => end })).rejects.toMatchObject({
      code: 'IO',
      cause,
    });
    fs.before = () => undefined;
    expect(existsSync(`${path}.compacting`)).toBe(false);
    expect(fs.handles).toBe(1);
    end = await log.append([bytesOf('!')], strict(end));
    expect(text(await readBytes(log))).toBe('old content!');
    await log.replace(chunksOf('new'), { upTo: () => end });
    await log.close();
    expect(await reopened()).toBe('new');
  });

  test('after an append that failed leaves the next one its number, which systems give again', async () => {
    const failing = (operation: string) => {
      fs.before = (call) => {
        if (call.operation === operation) throw systemError('EIO');
      };
    };
    failing('writev');
    await expect(log.append([bytesOf('!')], strict(end))).rejects.toMatchObject({ code: 'IO' });
    failing('fsync');
    for (let i = 0; i < 3; i++) {
      const again = log.replace(chunksOf('new'), { upTo: () => end });
      await expect(again).rejects.toMatchObject({ code: 'IO' });
    }
    fs.before = () => undefined;
    await log.replace(chunksOf('new'), { upTo: () => end });
    await log.close();
    expect(await reopened()).toBe('new');
  });

  test('because its content does raises what that raised', async () => {
    const mistake = new TypeError('a mistake');
    async function* content(): AsyncGenerator<Uint8Array> {
      yield bytesOf('new');
      throw mistake;
    }
    await expect(log.replace(content(), { upTo: () => end })).rejects.toBe(mistake);
    expect(existsSync(`${path}.compacting`)).toBe(false);
    await log.append([bytesOf('!')], strict(end));
    await log.close();
    expect(await reopened()).toBe('old content!');
  });

  test('after the rename goes on with the new file, which takes no append until one has succeeded', async () => {
    fs.before = (call) => {
      if (call.operation === 'syncDirectory') throw systemError('EIO');
      return undefined;
    };
    await expect(
      log.replace(chunksOf('new', ' and', ' longer than the old'), { upTo: () => end }),
    ).rejects.toMatchObject({
      code: 'IO',
    });
    expect(text(await readBytes(log))).toBe('new and longer than the old');
    for (const after of [end, 4096 + 27]) {
      await expect(log.append([bytesOf('!')], strict(after))).rejects.toMatchObject({ code: 'IO' });
    }
    // The caller knows nothing of the new file, and names the end of the old.
    await expect(log.replace(chunksOf('newer'), { upTo: () => end })).rejects.toMatchObject({ code: 'IO' });
    fs.before = () => undefined;
    end = await log.replace(chunksOf('newest'), { upTo: () => end });
    await log.append([bytesOf('!')], strict(end));
    await log.close();
    expect(await reopened()).toBe('newest!');
    expect(fs.handles).toBe(0);
  });

  test('in a rename that may have happened takes no append until one has succeeded', async () => {
    fs.before = async (call) => {
      if (call.operation !== 'rename') return undefined;
      fs.before = () => undefined;
      await fs.rename(`${path}.compacting`, path);
      throw systemError('ETIMEDOUT');
    };
    await expect(log.replace(chunksOf('new'), { upTo: () => end })).rejects.toMatchObject({ code: 'IO' });
    await expect(log.append([bytesOf('!')], strict(end))).rejects.toMatchObject({ code: 'IO' });
    end = await log.replace(chunksOf('newest'), { upTo: () => end });
    await log.append([bytesOf('!')], strict(end));
    await log.close();
    expect(await reopened()).toBe('newest!');
  });
});

describe('while another file has the path', () => {
  const replace = () => log.replace(chunksOf('new'), { upTo: () => end });

  test('replace leaves it as it is, and so is the log', async () => {
    unlinkSync(path);
    const { log: other } = await openBytes(path);
    await other.append([bytesOf('of another process')], strict(0));
    await expect(replace()).rejects.toMatchObject({ code: 'LOCKED' });
    expect(existsSync(`${path}.compacting`)).toBe(false);
    expect(text(await readBytes(log))).toBe('old content');
    await other.close();
    expect(await reopened()).toBe('of another process');
    unlinkSync(path);
    await replace();
    await log.close();
    expect(await reopened()).toBe('new');
  });

  test('replace leaves what it is being compacted into, too', async () => {
    unlinkSync(path);
    const { log: other } = await openBytes(path);
    async function* chunks() {
      yield bytesOf('of another process');
      await expect(replace()).rejects.toMatchObject({ code: 'LOCKED' });
    }
    await other.replace(chunks(), { upTo: () => 0 });
    await Promise.all([log.close(), other.close()]);
    expect(await reopened()).toBe('of another process');
  });

  test('replace leaves that also when the path was still its own as it began', async () => {
    let finished: Promise<number> | undefined;
    let goOn = (): void => {};
    const goesOn = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    async function* theirs() {
      yield bytesOf('of another process');
      await goesOn;
    }
    async function* ours() {
      yield bytesOf('new');
      unlinkSync(path);
      const { log: other } = await openBytes(path);
      expect(existsSync(`${path}.compacting`)).toBe(false); // Ours has gone.
      finished = other.replace(theirs(), { upTo: () => 0 }).finally(() => other.close());
      await vi.waitFor(() => expect(existsSync(`${path}.compacting`)).toBe(true));
    }
    await expect(log.replace(ours(), { upTo: () => end })).rejects.toMatchObject({ code: 'LOCKED' });
    expect(existsSync(`${path}.compacting`)).toBe(true);
    goOn();
    await finished;
    await log.close();
    expect(await reopened()).toBe('of another process');
  });

  test('replace does not link it to a name for what was damaged', async () => {
    writeFileSync(folder.path('b'), 'somebody else');
    renameSync(folder.path('b'), path);
    const setAside = vi.fn();
    await expect(log.replace(chunksOf('new'), { upTo: () => end, setAside })).rejects.toMatchObject({
      code: 'LOCKED',
    });
    expect(setAside).not.toHaveBeenCalled();
    expect(readFileSync(path, 'utf8')).toBe('somebody else');
    await log.close();
  });
});
