/** The hostile file system: a good file system until it crashes, and then as bad as it says. */
import { beforeEach, describe, expect, test } from 'vitest';
import type { FileHandle } from '../../file-system.ts';
import type { FileLock } from '../../lock/file-lock.ts';
import { bytesOf, text } from '../logs.ts';
import { HostileFileSystem } from './hostile-file-system.ts';

let fs: HostileFileSystem;
beforeEach(() => {
  fs = new HostileFileSystem();
  fs.makeFolder('/a');
});

const SEEDS = Array.from({ length: 200 }, (_, seed) => seed);

async function create(path: string, content = ''): Promise<FileHandle> {
  const file = await fs.open(path, 'wx+', 0o600);
  if (content) await file.writev([bytesOf(content)], 0);
  return file;
}

function contentAt(world: HostileFileSystem, path = '/a/x'): string | undefined {
  const bytes = world.contentOf(path);
  return bytes && text(bytes);
}

/** What `some` leaves, over many seeds. */
function somes(): (string | undefined)[] {
  return SEEDS.map((seed) => contentAt(fs.afterPowerLoss('some', seed)));
}

describe('as a file system', () => {
  test('files are read as they were written, over pages and past their ends', async () => {
    const file = await create('/a/x');
    expect(await file.writev([bytesOf('abc'), bytesOf('def')], 4094)).toBe(6);
    expect((await file.stat()).bytes).toBe(4100);
    const read = new Uint8Array(10);
    expect(await file.read(read, 4092)).toBe(8);
    expect(text(read)).toBe('\0\0abcdef\0\0');
    await file.truncate(4095);
    await file.writev([bytesOf('z')], 4097);
    expect(text(fs.contentOf('/a/x') as Uint8Array).slice(4092)).toBe('\0\0a\0\0z');
    expect(await file.read(read, 5000)).toBe(0);
    await file.chmod(0o640);
    expect(await file.stat()).toMatchObject({ bytes: 4098, mode: 0o640, kind: 'file' });
    await file.close();
    expect(fs.handles).toBe(0);
    await expect(file.read(read, 0)).rejects.toMatchObject({ code: 'EBADF' });
  });

  test('an unlinked or replaced file lives as long as it is open', async () => {
    const old = await create('/a/x', 'old');
    await create('/a/y', 'new');
    await fs.rename('/a/y', '/a/x');
    const read = new Uint8Array(3);
    await old.read(read, 0);
    expect(text(read)).toBe('old');
    expect(contentAt(fs)).toBe('new');
    expect(fs.namesIn('/a')).toEqual(['x']);
  });

  test('a second name is of the same file, before and after a power loss', async () => {
    const file = await create('/a/x', 'abc');
    await fs.link('/a/x', '/a/y');
    await file.fsync();
    await fs.syncDirectory('/a');
    await fs.unlink('/a/x');
    expect(contentAt(fs, '/a/y')).toBe('abc');
    const left = fs.afterPowerLoss('nothing');
    await (await left.open('/a/x', 'r+')).writev([bytesOf('d')], 0);
    expect(contentAt(left, '/a/y')).toBe('dbc');
  });

  test('what returns when it is done does the same', async () => {
    const file = await create('/a/x');
    expect(file.writevSync([bytesOf('abc'), bytesOf('def')], 0)).toBe(6);
    expect(fs.afterPowerLoss('nothing').contentOf('/a/x')).toBeUndefined();
    await fs.syncDirectory('/a');
    file.fdatasyncSync();
    expect(contentAt(fs.afterPowerLoss('nothing'))).toBe('abcdef');
    file.truncateSync(4);
    expect(file.statSync()).toEqual(await fs.stat('/a/x'));
    const read = new Uint8Array(9);
    expect(file.readSync(read, 1)).toBe(3);
    fs.fail({ operation: 'fdatasyncSync', how: 'EIO' });
    expect(() => file.fdatasyncSync()).toThrow('EIO');
    fs.unlinkSync('/a/x');
    expect(fs.namesIn('/a')).toEqual([]);
  });

  test('a file is told by its identity, and a lock is had once', async () => {
    const file = await create('/a/x');
    await create('/a/y');
    await fs.link('/a/x', '/a/z');
    const identities = await Promise.all(['/a/x', '/a/y', '/a/z', '/a'].map((path) => fs.stat(path)));
    expect(identities.map(({ identity }) => identity)).toEqual(['0', '1', '0', '2']);
    expect((await file.stat()).identity).toBe('0');
    const held = { heldBy: process.pid };
    const lock = (await fs.lock('/a/x', '1')) as FileLock;
    expect(await lock.add('2')).toBe(true);
    expect(await fs.lock('/a/x', '2')).toEqual(held);
    expect(await fs.afterKill().lock('/a/x', '2')).not.toEqual(held);
    await lock.drop('2');
    expect(await fs.lock('/a/x', '2')).not.toEqual(held);
    expect(await fs.lock('/a/x', '1')).toEqual(held);
    await lock.release();
    expect(await fs.lock('/a/x', '1')).not.toEqual(held);
  });

  test.each([
    ['ENOENT', () => fs.stat('/a/none')],
    ['ENOENT', () => fs.open('/a/none', 'r')],
    ['ENOENT', () => fs.open('/b/x', 'wx+')],
    ['ENOENT', () => fs.realpath('/a/none')],
    ['ENOENT', () => fs.unlink('/a/none')],
    ['ENOENT', () => fs.rename('/a/none', '/a/x')],
    ['ENOENT', () => fs.syncDirectory('/b')],
    ['ENOENT', () => fs.link('/a/none', '/a/x')],
    ['EEXIST', () => create('/a/x').then(() => fs.link('/a/x', '/a/x'))],
    ['EISDIR', () => fs.open('/a', 'r+')],
    ['EEXIST', () => create('/a/x').then(() => create('/a/x'))],
    ['EXDEV', () => create('/a/x').then(() => fs.rename('/a/x', '/x'))],
    ['ENOTDIR', () => create('/a/x').then(() => create('/a/x/y'))],
    ['EBADF', () => create('/a/x').then(async () => (await fs.open('/a/x', 'r')).truncate(0))],
    ['ELOOP', () => Promise.resolve(fs.symlink('/a/l', '/a/l')).then(() => fs.open('/a/l', 'r'))],
  ])('%s', async (code, work) => {
    await expect(work()).rejects.toMatchObject({ code });
  });

  test('symbolic links are followed, and not replaced by what they lead to', async () => {
    fs.put('/a/x', bytesOf('abc'));
    fs.symlink('/a/l', '/a/x');
    expect(await fs.realpath('/a/l')).toBe('/a/x');
    expect(contentAt(fs, '/a/l')).toBe('abc');
    await fs.unlink('/a/l');
    expect(fs.namesIn('/a')).toEqual(['x']);
  });

  test('a full one takes what fits, and says so', async () => {
    fs = new HostileFileSystem({ capacityBytes: 10 });
    const file = await create('/x', '12345678');
    expect(await file.writev([bytesOf('abcd')], 8)).toBe(2);
    await expect(file.writev([bytesOf('cd')], 10)).rejects.toMatchObject({ code: 'ENOSPC' });
    expect(await file.writev([bytesOf('cd')], 0)).toBe(2);
    await fs.unlink('/x');
    await create('/y', '1234567890');
  });
});

describe('after a power loss', () => {
  test('a file whose name was not synced may be gone, synced or not itself', async () => {
    const file = await create('/a/x', 'abc');
    await file.fsync();
    expect(contentAt(fs.afterPowerLoss('nothing'))).toBe(undefined);
    expect(contentAt(fs.afterPowerLoss('everything'))).toBe('abc');
    expect(new Set(somes())).toEqual(new Set([undefined, 'abc']));
    await fs.syncDirectory('/a');
    expect(new Set(somes())).toEqual(new Set(['abc']));
  });

  test('what was synced is there, and what was not may be, whole, torn or lost', async () => {
    fs.put('/a/x', bytesOf('durable'));
    const file = await fs.open('/a/x', 'r+');
    await file.writev([bytesOf('+open')], 7);
    expect(contentAt(fs.afterPowerLoss('nothing'))).toBe('durable');
    expect(contentAt(fs.afterPowerLoss('everything'))).toBe('durable+open');
    const left = new Set(somes());
    expect(left).toContain('durable');
    expect(left).toContain('durable+open');
    expect(left).toContain('durable+op\0\0');
    // The size has come without the bytes: with zeros, or with anything.
    expect(left).toContain('durable\0\0\0\0\0');
    expect([...left].some((content) => content?.length === 12 && /^durable[^+\0]/.test(content))).toBe(true);
    for (const content of left) expect(content?.slice(0, 7)).toBe('durable');
    await file.fdatasync();
    expect(new Set(somes())).toEqual(new Set(['durable+open']));
  });

  test('writes reach the medium in any order, sector by sector', async () => {
    fs.put('/a/x', new Uint8Array(1024));
    const file = await fs.open('/a/x', 'r+');
    await file.writev([new Uint8Array(1024).fill(65)], 0);
    await file.writev([bytesOf('second')], 1018);
    const left = new Set(
      somes().map((content) => `${content?.[0]}${content?.[511]}${content?.[512]}${content?.[1023]}`),
    );
    for (const each of ['AAA\0', '\0\0Ad', 'AA\0\0', '\0\0\0d', 'A\0\0\0']) expect(left).toContain(each);
  });

  test('bytes that are written over may be old, new, zeros or anything, and no others change', async () => {
    fs.put('/a/x', bytesOf('..old..'));
    const file = await fs.open('/a/x', 'r+');
    await file.writev([bytesOf('new')], 2);
    const left = new Set(somes());
    for (const each of ['..old..', '..new..', '..nld..', '..\0\0\0..']) expect(left).toContain(each);
    for (const content of left) expect(content).toMatch(/^\.\..*\.\.$/s);
  });

  test('a cut may not have happened after fdatasync, and has after fsync', async () => {
    fs.put('/a/x', bytesOf('abcdef'));
    const file = await fs.open('/a/x', 'r+');
    await file.truncate(3);
    expect(new Set(somes())).toEqual(new Set(['abcdef', 'abc']));
    await file.fdatasync();
    expect(new Set(somes())).toEqual(new Set(['abcdef', 'abc']));
    await file.fsync();
    expect(new Set(somes())).toEqual(new Set(['abc']));
  });

  test('permissions are durable after fsync only', async () => {
    fs.put('/a/x', bytesOf('abc'));
    const file = await fs.open('/a/x', 'r+');
    await file.chmod(0o640);
    await file.fdatasync();
    const modeAfter = async (keep: 'nothing' | 'everything') =>
      (await (await fs.afterPowerLoss(keep).open('/a/x', 'r')).stat()).mode;
    expect([await modeAfter('nothing'), await modeAfter('everything')]).toEqual([0o600, 0o640]);
    await file.fsync();
    expect(await modeAfter('nothing')).toBe(0o640);
  });

  test('a rename has happened or not, and shows a file as durable as it was', async () => {
    fs.put('/a/x', bytesOf('old'));
    const file = await create('/a/y', 'new');
    await fs.syncDirectory('/a');
    await fs.rename('/a/y', '/a/x');
    const left = new Set(somes());
    expect(left).toContain('old');
    expect(left).toContain('');
    expect(left).toContain('new');
    await file.fsync();
    expect(new Set(somes())).toEqual(new Set(['old', 'new']));
    await fs.syncDirectory('/a');
    expect(new Set(somes())).toEqual(new Set(['new']));
    expect(fs.afterPowerLoss('nothing').namesIn('/a')).toEqual(['x']);
  });

  test('the same seed leaves the same, and the world that crashed goes on', async () => {
    const file = await create('/a/x', 'x'.repeat(5000));
    expect(somes()).toEqual(somes());
    const left = fs.afterPowerLoss('everything');
    await file.writev([bytesOf('later')], 0);
    expect(contentAt(left)).toBe('x'.repeat(5000));
    const other = await left.open('/a/x', 'r+');
    await other.writev([bytesOf('other')], 0);
    expect(contentAt(fs)?.slice(0, 6)).toBe('laterx');
  });
});

describe('after a kill', () => {
  test('all that was written is there, but a power loss may yet take it', async () => {
    const file = await create('/a/x', 'abc');
    const left = fs.afterKill();
    expect(contentAt(left)).toBe('abc');
    expect(contentAt(left.afterPowerLoss('nothing'))).toBe(undefined);
    await file.writev([bytesOf('def')], 3);
    expect(contentAt(left)).toBe('abc');
  });

  test('in the middle of a write, a part of it is', async () => {
    const file = await create('/a/x', 'abc');
    const left = new Set<string | undefined>();
    fs.before = (call) => {
      if (call.operation !== 'writev') return undefined;
      for (const seed of SEEDS) left.add(contentAt(fs.afterKill(call, seed)));
      return undefined;
    };
    await file.writev([bytesOf('d'), bytesOf('ef')], 3);
    expect(left).toEqual(new Set(['abc', 'abcd', 'abcde', 'abcdef']));
  });

  test('a process that has been halted hears no more', async () => {
    const file = await create('/a/x');
    fs.halt();
    const first = await Promise.race([
      file.stat(),
      new Promise((resolve) => setImmediate(resolve, 'silence')),
    ]);
    expect(first).toBe('silence');
  });
});

describe('faults', () => {
  test('come after so many calls, so many times, on the path they name', async () => {
    const x = await create('/a/x');
    const y = await create('/a/y');
    fs.fail({ operation: 'fdatasync', how: 'EIO', path: '/a/x', after: 1, times: 2 });
    await y.fdatasync();
    await x.fdatasync();
    await expect(x.fdatasync()).rejects.toMatchObject({ code: 'EIO' });
    await y.fdatasync();
    await expect(x.fdatasync()).rejects.toMatchObject({ code: 'EIO' });
    await x.fdatasync();
    fs.fail({ operation: 'stat', how: 'EINTR', times: Number.POSITIVE_INFINITY });
    for (let i = 0; i < 5; i++) await expect(x.stat()).rejects.toMatchObject({ code: 'EINTR' });
    fs.heal();
    await x.stat();
  });

  test('a sync that has failed loses what it was for, whatever the next one says', async () => {
    fs.put('/a/x', bytesOf('abc'));
    const file = await fs.open('/a/x', 'r+');
    await file.writev([bytesOf('lost')], 3);
    fs.fail({ operation: 'fdatasync', how: 'EIO' });
    await expect(file.fdatasync()).rejects.toMatchObject({ code: 'EIO' });
    expect(fs.hasLost).toBe(true);
    await file.fdatasync();
    expect(fs.hasLost).toBe(true);
    expect(contentAt(fs)).toBe('abclost');
    expect(contentAt(fs.afterPowerLoss('nothing'))).toBe('abc');
    await file.writev([bytesOf('kept')], 7);
    await file.fdatasync();
    expect(contentAt(fs.afterPowerLoss('nothing'))).toBe('abc\0\0\0\0kept');
    await file.writev([bytesOf('LOST')], 3);
    await file.fdatasync();
    expect(contentAt(fs.afterPowerLoss('nothing'))).toBe('abcLOSTkept');
  });

  test('a sync that lies has made nothing durable, and a write that lies has written nothing', async () => {
    fs.put('/a/x', bytesOf('abc'));
    const file = await fs.open('/a/x', 'r+');
    fs.fail({ operation: 'writev', how: 'lie' });
    expect(await file.writev([bytesOf('no')], 3)).toBe(2);
    await file.writev([bytesOf('yes')], 3);
    fs.fail({ operation: 'fsync', how: 'lie' });
    await file.fsync();
    expect(contentAt(fs)).toBe('abcyes');
    expect(contentAt(fs.afterPowerLoss('nothing'))).toBe('abc');
    await file.fsync();
    expect(contentAt(fs.afterPowerLoss('nothing'))).toBe('abcyes');
  });

  test('a short write or read moves some bytes', async () => {
    const file = await create('/a/x');
    fs.fail({ operation: 'writev', how: 'short', times: 50 });
    fs.fail({ operation: 'read', how: 'short', times: 50 });
    for (let i = 0; i < 50; i++) {
      const written = await file.writev([bytesOf('abcd')], 0);
      expect([1, 2, 3]).toContain(written);
    }
    expect([1, 2, 3]).toContain(await file.read(new Uint8Array(4), 0));
  });

  test('an error may leave something done', async () => {
    const file = await create('/a/x');
    fs.fail({ operation: 'writev', how: 'EIO', done: 'all' });
    await expect(file.writev([bytesOf('abcd')], 0)).rejects.toMatchObject({ code: 'EIO' });
    expect(contentAt(fs)).toBe('abcd');
    fs.fail({ operation: 'rename', how: 'EIO', done: 'all' });
    await expect(fs.rename('/a/x', '/a/y')).rejects.toMatchObject({ code: 'EIO' });
    expect(fs.namesIn('/a')).toEqual(['y']);
    fs.fail({ operation: 'writev', how: 'ENOSPC', done: 'part' });
    await expect(file.writev([bytesOf('1234')], 4)).rejects.toMatchObject({ code: 'ENOSPC' });
    expect('abcd1234'.startsWith(contentAt(fs, '/a/y') as string)).toBe(true);
  });

  test('a close that fails has closed', async () => {
    const file = await create('/a/x');
    fs.fail({ operation: 'close', how: 'EIO' });
    await expect(file.close()).rejects.toMatchObject({ code: 'EIO' });
    expect(fs.handles).toBe(0);
  });
});

test('who listens is told of each call before it is made, and when it has taken effect', async () => {
  const file = await create('/a/x', 'abc');
  const told: string[] = [];
  fs.before = async ({ operation, path, position }) => {
    told.push(`before ${operation} ${path} ${position} ${contentAt(fs)}`);
    return 1;
  };
  fs.after = ({ operation }) => told.push(`after ${operation} ${contentAt(fs)}`);
  expect(await file.writev([bytesOf('de')], 3)).toBe(1);
  await file.fdatasync();
  expect(told).toEqual([
    'before writev /a/x 3 abc',
    'after writev abcd',
    'before fdatasync /a/x 0 abcd',
    'after fdatasync abcd',
  ]);
});
