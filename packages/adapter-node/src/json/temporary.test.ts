import { writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { FaultyFileSystem } from '../testing/faulty-file-system.ts';
import { JsonFolder } from '../testing/json-folder.ts';

let folder: JsonFolder;
beforeEach(() => {
  folder = new JsonFolder();
});
afterEach(() => folder.remove());

test('what dead processes have left is removed, and nothing else', async () => {
  const own = await ownTemporary();
  const mark = own.split('.')[2]?.slice(0, 17) as string;
  const dead = `a.json.${mark}-999999999-1-00000000.tmp`;
  const kept = [
    own,
    `a.json.00000000${mark.slice(8)}-999999999-1-00000000.tmp`,
    `b.json.${mark}-999999999-1-00000000.tmp`,
    `a.json.x.${mark}-999999999-1-00000000.tmp`,
    'a.json.tmp',
  ];
  const gone = [dead, `a.json.${mark.slice(0, 8)}-00000000-1-1-00000000.tmp`];
  for (const name of [...gone, ...kept]) writeFileSync(folder.at(name), 'left');
  await folder.within((store) => expect(store.size).toBe(0));
  expect(folder.names()).toEqual([...kept].sort());
});

/** The name of a temporary file as this process makes it. */
async function ownTemporary(): Promise<string> {
  const fs = new FaultyFileSystem();
  await folder.within((store) => store.set('a', 1), { fs });
  const made = fs.calls.filter(({ path }) => path.endsWith('.tmp')).map(({ path }) => basename(path));
  folder.empty();
  return made[0] as string;
}
