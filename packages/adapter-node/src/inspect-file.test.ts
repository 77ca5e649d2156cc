import { Store } from '@isokv/core';
import { expect, test } from 'vitest';
import { fileLog } from './file-log.ts';
import { explainFile, type FileFinding, inspectFile } from './inspect-file.ts';
import { HostileFileSystem } from './testing/index.ts';

const PATH = '/a/x.isokv';

async function world(): Promise<HostileFileSystem> {
  const fs = new HostileFileSystem();
  fs.makeFolder('/a');
  const store = await Store.open(fileLog(PATH, { fs }));
  await store.set('a', 1);
  await store.set('b', 2);
  await store.close();
  return fs;
}

async function findingsIn(fs: HostileFileSystem): Promise<FileFinding[]> {
  const findings: FileFinding[] = [];
  for await (const finding of inspectFile(PATH, { fs })) findings.push(finding);
  return findings;
}

test('a file: its superblock, then its frames', async () => {
  const fs = await world();
  const bytes = fs.contentOf(PATH)?.length as number;
  const findings = await findingsIn(fs);
  expect(findings).toMatchObject([
    { type: 'superblock', offset: 0, bytes: 4096 },
    { kind: 'header', offset: 4096 },
    { kind: 'commit', commit: { seq: 1, puts: 1 } },
    { kind: 'commit', commit: { seq: 2, puts: 1 } },
  ]);
  expect(explainFile(findings[0] as FileFinding)).toBe(
    `         0      4096  file     settled up to ${bytes} and 4096`,
  );
});

test('a file that is open, with zeros ahead of its end', async () => {
  const fs = await world();
  const store = await Store.open(fileLog(PATH, { fs }));
  await store.set('c', 3);
  expect((await findingsIn(fs)).at(-1)).toMatchObject({ type: 'blank', bytes: expect.any(Number) });
  await store.close();
});

test('a file whose superblock is damaged, one cut short, and one that is none of ours', async () => {
  const fs = await world();
  const whole = fs.contentOf(PATH) as Uint8Array;
  const damaged = whole.slice();
  damaged.fill(1, 512, 1100);
  fs.put(PATH, damaged);
  expect(await findingsIn(fs)).toMatchObject([
    { type: 'superblock', slots: [undefined, undefined], error: expect.stringContaining('both state slots') },
    ...Array(3).fill({ type: 'frame' }),
  ]);
  // What was settled says how much is missing.
  fs.put(PATH, whole.slice(0, -5));
  expect((await findingsIn(fs)).at(-1)).toMatchObject({ type: 'damage' });
  fs.put(PATH, new TextEncoder().encode('hello'));
  const [first] = await findingsIn(fs);
  expect(first).toMatchObject({ type: 'superblock', error: expect.stringContaining('not an isokv store') });
  expect(explainFile(first as FileFinding)).toContain('DAMAGE');
});

test('a file with data has no superblock', async () => {
  const fs = await world();
  const store = new Store();
  void store.set('a', 1);
  fs.put(PATH, store.toData());
  expect(await findingsIn(fs)).toMatchObject([
    { kind: 'header', offset: 0 },
    { kind: 'block' },
    { kind: 'run end' },
  ]);
});

test('no file is an error, and nothing is created', async () => {
  const fs = new HostileFileSystem();
  fs.makeFolder('/a');
  await expect(findingsIn(fs)).rejects.toMatchObject({ code: 'MISSING' });
  expect(fs.namesIn('/a')).toEqual([]);
  fs.makeFolder(PATH);
  await expect(findingsIn(fs)).rejects.toMatchObject({ code: 'DIRECTORY' });
});
