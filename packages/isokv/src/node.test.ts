import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { open } from './node.ts';

test('open keeps a store in the file <name>.isokv', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'isokv-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const name = join(folder, 'my-app');
  const store = await open(name);
  await store.set('a', 1);
  await store.close();
  expect(existsSync(`${name}.isokv`)).toBe(true);
  const again = await open(name, { mustExist: true });
  expect(again.get('a')).toBe(1);
  await again.close();
});

test.each([undefined, null, 5, '', {}, new URL('file:///tmp/a'), 'a\0b'])(
  'open rejects %s: it is no name',
  async (name) => {
    await expect(open(name as never)).rejects.toMatchObject({ code: 'INVALID_OPTION' });
  },
);
