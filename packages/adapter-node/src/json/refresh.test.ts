/** What somebody else has written to the file is taken in when it is asked for, in the place of what was refused. */
import { unlinkSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { JsonFolder } from '../testing/json-folder.ts';

let folder: JsonFolder;
beforeEach(() => {
  folder = new JsonFolder();
});
afterEach(() => folder.remove());

const EDITED = '{"edited": {"value": 1, "expires_at": null}}';

test('after EXTERNAL_CHANGE, and then it can be written', async () => {
  const store = await folder.open();
  const health: string[] = [];
  store.on('health', ({ status }) => health.push(status));
  await store.set('a', 1);
  writeFileSync(folder.path, EDITED);
  await expect(store.set('a', 2)).rejects.toMatchObject({ code: 'EXTERNAL_CHANGE' });
  const seen: unknown[] = [];
  store.watch('a', (changes) => seen.push(...changes));
  await store.refresh();
  expect([...store.entries()]).toEqual([['edited', 1]]);
  expect(seen).toMatchObject([{ namespace: '' }]);
  expect(health).toEqual(['degraded', 'ok']);
  await store.set('a', 3);
  await store.close();
  await folder.within((again) =>
    expect([...again.entries()]).toEqual([
      ['a', 3],
      ['edited', 1],
    ]),
  );
});

test('before any write, also of a store that only reads', async () => {
  await folder.within((store) => store.set('a', 1));
  const store = await folder.open();
  const reader = await folder.open({}, { readOnly: true });
  await store.refresh();
  expect(store.get('a')).toBe(1);
  writeFileSync(folder.path, EDITED);
  for (const each of [store, reader]) {
    expect(each.get('a')).toBe(1);
    await each.refresh();
    expect([...each.entries()]).toEqual([['edited', 1]]);
    await each.close();
  }
});

test('of writes made meanwhile none is lost in silence', async () => {
  for (let turns = 0; turns < 40; turns++) {
    writeFileSync(folder.path, '{}');
    const store = await folder.open();
    await store.set('a', turns);
    writeFileSync(folder.path, EDITED);
    const refreshed = store.refresh();
    for (let turn = 0; turn < turns; turn++) await (turn % 5 === 4 ? new Promise(setImmediate) : undefined);
    const written = await store.set('b', turns).then(
      () => true,
      (error) => error.code === 'EXTERNAL_CHANGE' && false,
    );
    await refreshed;
    expect(store.get('edited')).toBe(1);
    expect(store.has('b')).toBe(written);
    await store.set('c', 1);
    await store.close();
    await folder.within((again) => {
      expect(again.get('edited')).toBe(1);
      expect(again.get('b')).toBe(written ? turns : undefined);
      expect(again.has('a')).toBe(false);
    });
  }
});

test('a file that was removed is an empty store; one that cannot be read is refused, and memory stays', async () => {
  const store = await folder.open();
  await store.set('a', 1);
  writeFileSync(folder.path, '{"a": ');
  await expect(store.refresh()).rejects.toMatchObject({ code: 'INVALID_DATA' });
  expect(store.get('a')).toBe(1);
  await expect(store.set('a', 2)).rejects.toMatchObject({ code: 'EXTERNAL_CHANGE' });
  unlinkSync(folder.path);
  await store.refresh();
  expect(store.size).toBe(0);
  await store.set('b', 1);
  await store.close();
  await folder.within((again) => expect([...again.entries()]).toEqual([['b', 1]]));
});

test('to a store that only reads, a file that was removed is MISSING, and memory stays until it is there again', async () => {
  await folder.within((store) => store.set('a', 1));
  const reader = await folder.open({}, { readOnly: true });
  unlinkSync(folder.path);
  await expect(reader.refresh()).rejects.toMatchObject({ code: 'MISSING' });
  await expect(reader.refresh()).rejects.toMatchObject({ code: 'MISSING' });
  expect(reader.get('a')).toBe(1);
  writeFileSync(folder.path, EDITED);
  await reader.refresh();
  expect([...reader.entries()]).toEqual([['edited', 1]]);
  await reader.close();
});

test('with autosave manual what was not saved makes way', async () => {
  const store = await folder.open({ autosave: 'manual' });
  await store.set('a', 1);
  writeFileSync(folder.path, EDITED);
  await expect(store.flush()).rejects.toMatchObject({ code: 'EXTERNAL_CHANGE' });
  await store.refresh();
  await store.set('b', 2);
  await store.close();
  await folder.within((again) =>
    expect([...again.entries()]).toEqual([
      ['b', 2],
      ['edited', 1],
    ]),
  );
});
