/** Records that are damaged, missing, or somebody else's: what is whole is saved, and the rest kept as it was. */
import { frameLog, Store } from '@isokv/core';
import { IDBObjectStore } from 'fake-indexeddb';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { IdbBytes } from './idb-bytes.ts';
import { type Records, recordsIn, writeRecords } from './testing/databases.ts';
import { FakeBrowser } from './testing/fake-environment.ts';
import { LONG_MS, open } from './testing/stores.ts';

const COMMITS = 4;
const salvage = { recovery: 'salvage', compaction: 'manual' } as const;

let browser: FakeBrowser;
/** What is in the database: a run, and after it a record for each commit. */
let whole: Records;

beforeEach(async () => {
  browser = new FakeBrowser();
  const store = await open(browser, { compaction: 'manual' });
  for (const name of ['x', 'y']) await store.namespace(name).set('of the run', `the value in ${name}`);
  await store.compact();
  for (let i = 0; i < COMMITS; i++) await store.set(`commit ${i}`, i);
  await store.close();
  whole = await recordsIn(browser.databases, 'app');
  expect(whole).toHaveLength(1 + COMMITS);
});

afterEach(() => void vi.restoreAllMocks());

function contentOf(store: Store): Record<string, unknown> {
  const run = ['x', 'y'].map((name) => [name, store.namespace(name).get('of the run')]);
  return { ...Object.fromEntries(store.entries()), ...Object.fromEntries(run) };
}

/** All that there is when only this commit is lost. */
function withoutCommit(lost?: number): Record<string, unknown> {
  const commits = Array.from({ length: COMMITS }, (_, i) => [`commit ${i}`, i]);
  const left = commits.filter((_, i) => i !== lost);
  return { ...Object.fromEntries(left), x: 'the value in x', y: 'the value in y' };
}

function flipped(record: number, byte: number): Records {
  return whole.map(([key, value], index) => {
    const copy = value.slice();
    if (index === record) copy[byte] = (copy[byte] as number) ^ 1;
    return [key, copy];
  });
}

/** Looks at a store that was salvaged, and at what was kept; opens it once more. */
async function checkSalvaged(
  store: Store,
  damaged: Records,
  content: Record<string, unknown>,
): Promise<void> {
  expect(contentOf(store)).toEqual(content);
  const { salvaged } = store.stats();
  expect(salvaged?.damage.length).toBeGreaterThan(0);
  expect(await recordsIn(browser.databases, salvaged?.keptAs as string)).toEqual(damaged);
  await store.verify();
  await store.set('more', 1);
  await store.close();
  const again = await open(browser);
  expect(contentOf(again)).toEqual({ ...content, more: 1 });
  await again.close();
}

test('a log that is whole is opened, and nothing is changed', async () => {
  const store = await open(browser, salvage);
  expect(store.stats().salvaged).toBeUndefined();
  expect(contentOf(store)).toEqual(withoutCommit());
  expect(await recordsIn(browser.databases, 'app')).toEqual(whole);
  expect(await browser.databases.databases()).toHaveLength(1);
});

test.each(Array.from({ length: 1 + COMMITS }, (_, record) => record))(
  'a bit that is turned in record %i costs what stands there, and nothing else',
  async (record) => {
    const [, { length }] = whole[record] as Records[number];
    for (let byte = 0; byte < length; byte += byte < 12 ? 1 : 3) {
      const damaged = flipped(record, byte);
      await writeRecords(browser.databases, 'app', damaged);
      if (byte >= 1 && byte < 8) continue; // The writer's mark: nothing depends on it.
      await expect(open(browser), `byte ${byte}`).rejects.toMatchObject({
        code: expect.stringMatching(/CORRUPT|NOT_ISOKV|UNKNOWN_VERSION/),
      });
      const store = await open(browser, salvage);
      const found = contentOf(store);
      const isKind = byte === 0;
      if (record > 0)
        await checkSalvaged(store, damaged, withoutCommit(record > 0 && !isKind ? record - 1 : undefined));
      else {
        expect(withoutCommit()).toMatchObject(JSON.parse(JSON.stringify(found)));
        await checkSalvaged(store, damaged, { ...withoutCommit(), x: found['x'], y: found['y'] });
      }
    }
  },
);

describe('a record that is missing', () => {
  // Whether the commit after it is whole nothing says any more: its checksum goes on from one that is gone.
  test.each(Array.from({ length: COMMITS }, (_, record) => record))(
    '(%i) costs what stood there and the commit after it, and nothing else',
    async (record) => {
      const damaged = whole.filter((_, index) => index !== record);
      await writeRecords(browser.databases, 'app', damaged);
      await expect(open(browser)).rejects.toMatchObject({
        code: expect.stringMatching(/CORRUPT|NOT_ISOKV/),
      });
      const store = await open(browser, salvage);
      const content = withoutCommit(record);
      if (record === 0) Object.assign(content, { x: undefined, y: undefined });
      else delete content[`commit ${record - 1}`];
      const { lost, damage } = store.stats().salvaged ?? {};
      // The run is the first commit, and of commits that are missing at the end nobody knows.
      const gap = record < COMMITS - 1 ? [[record + 2, record + 3]] : [];
      expect(lost).toEqual(record === 0 ? { commits: [], entries: undefined } : { commits: gap, entries: 0 });
      expect(damage).toEqual([...(damage ?? [])].sort((a, b) => a.offset - b.offset));
      await checkSalvaged(store, damaged, content);
    },
  );

  test('in the middle of a run costs the blocks that it was of: what follows is where it was', async () => {
    browser = new FakeBrowser();
    const store = await open(browser, { compaction: 'manual' });
    await store.setMany(Array.from({ length: 120 }, (_, i) => [`key ${i}`, `${i} ${'x'.repeat(40_000)}`]));
    await store.compact();
    await store.set('last', 1);
    await store.set('very last', 2);
    await store.close();
    const records = await recordsIn(browser.databases, 'app');
    const [key, value] = records[3] as Records[number];
    const damaged = records.filter(([other]) => other !== key);
    await writeRecords(browser.databases, 'app', damaged);
    const salvaged = await open(browser, salvage);
    expect(salvaged.get('very last')).toBe(2);
    expect(salvaged.size).toBeGreaterThan(100);
    const { damage = [] } = salvaged.stats().salvaged ?? {};
    const end = (records.at(-1) as Records[number])[0];
    for (const { offset, bytes } of damage) expect(offset + bytes).toBeLessThanOrEqual(end);
    const around = damage.filter(
      ({ offset, bytes }) => offset <= key && offset + bytes > key + value.length - 8,
    );
    expect(around).toHaveLength(1);
  });

  test('shows when all is checked, with its place', async () => {
    const store = await open(browser);
    await writeRecords(
      browser.databases,
      'app',
      whole.filter((_, index) => index !== 2),
    );
    const [key, value] = whole[2] as Records[number];
    await expect(store.verify()).rejects.toMatchObject({
      code: 'CORRUPT',
      damage: expect.arrayContaining([
        { offset: key, bytes: value.length - 8, message: expect.stringContaining('missing') },
      ]),
    });
  });
});

describe('records of somebody else', () => {
  const foreign: Record<string, [key: IDBValidKey, value: unknown]> = {
    'under a text': ['settings', { theme: 'dark' }],
    'under a date': [new Date(2026, 1, 1), Uint8Array.of(0, 1, 2, 3, 4, 5, 6, 7, 8)],
    'under a number beyond the end': [Number.MAX_SAFE_INTEGER, Uint8Array.of(0, 1, 2, 3, 4, 5, 6, 7, 8)],
    'under a broken number': [2 ** 51 + 0.5, new Uint8Array(20)],
  };
  test.each(Object.keys(foreign))('%s cost nothing, and are kept', async (which) => {
    const added = foreign[which] as Records[number];
    await writeRecords(browser.databases, 'app', [...whole, added]);
    const damaged = await recordsIn(browser.databases, 'app');
    await expect(open(browser)).rejects.toMatchObject({ code: 'CORRUPT' });
    await checkSalvaged(await open(browser, salvage), damaged, withoutCommit());
  });

  test('alone are no store, and stay where they are', async () => {
    const records: Records = [['settings' as never, new Uint8Array(3)]];
    await writeRecords(browser.databases, 'app', records);
    await expect(open(browser, salvage)).rejects.toMatchObject({ code: 'NOT_ISOKV' });
    expect(await recordsIn(browser.databases, 'app')).toEqual(records);
  });
});

test('nothing whole is an error, and changes nothing', async () => {
  const damaged: Records = whole.map(([key, value]) => [key, value.map((byte, at) => (at < 8 ? byte : 7))]);
  await writeRecords(browser.databases, 'app', damaged);
  await expect(open(browser, salvage)).rejects.toMatchObject({ code: 'CORRUPT' });
  expect(await recordsIn(browser.databases, 'app')).toEqual(damaged);
  expect(await browser.databases.databases()).toHaveLength(1);
});

test('who only reads gets what is whole, and changes nothing', async () => {
  const damaged = flipped(2, 20);
  await writeRecords(browser.databases, 'app', damaged);
  const store = await open(browser, { ...salvage, readOnly: true });
  expect(contentOf(store)).toEqual(withoutCommit(1));
  expect(store.stats().salvaged?.keptAs).toBeUndefined();
  expect(await recordsIn(browser.databases, 'app')).toEqual(damaged);
  expect(await browser.databases.databases()).toHaveLength(1);
});

test('what was kept opens as the damaged log that it is', async () => {
  await writeRecords(browser.databases, 'app', flipped(2, 20));
  const { keptAs } = (await open(browser, salvage)).stats().salvaged ?? {};
  const kept = new IdbBytes(keptAs as string, browser.tab(), LONG_MS);
  const store = await Store.open(frameLog(kept), { ...salvage, readOnly: true });
  expect(contentOf(store)).toEqual(withoutCommit(1));
  expect((await recordsIn(browser.databases, keptAs as string)).length).toBe(whole.length);
  expect(keptAs).toBe(`app.damaged-${whole[0]?.[0]}`);
});

test('two tabs that salvage at once both come to have what is whole', async () => {
  const damaged = flipped(3, 20);
  await writeRecords(browser.databases, 'app', damaged);
  const stores = await Promise.all([open(browser, salvage), open(browser, salvage), open(browser, salvage)]);
  for (const store of stores) expect(contentOf(store)).toEqual(withoutCommit(2));
  expect(stores.filter((store) => store.stats().salvaged)).toHaveLength(1);
  await Promise.all(stores.map((store) => store.increment('n')));
  for (const store of stores) await store.refresh();
  expect(stores.map((store) => store.get('n'))).toEqual([3, 3, 3]);
  const names = (await browser.databases.databases()).map(({ name }) => name);
  expect(names.sort()).toEqual(['app', `app.damaged-${whole[0]?.[0]}`]);
  expect(await recordsIn(browser.databases, names[1] as string)).toEqual(damaged);
});

test('a page that is stopped at any step has changed nothing, and the next one salvages it all', async () => {
  const damaged = flipped(1, 20);
  for (let at = 1, isOver = false; !isOver; at++) {
    await writeRecords(browser.databases, 'app', damaged);
    let steps = 0;
    const put = IDBObjectStore.prototype.put;
    vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function (this: never, ...given) {
      const request = put.apply(this, given as never);
      if (++steps === at) (this as IDBObjectStore).transaction.abort();
      // A connection that is lost once is made again: this one is lost for good.
      if (steps > at) (this as IDBObjectStore).transaction.abort();
      return request;
    });
    const opened = await open(browser, salvage).catch(() => undefined);
    vi.restoreAllMocks();
    isOver = opened !== undefined;
    if (!isOver) expect(await recordsIn(browser.databases, 'app')).toEqual(damaged);
    await checkSalvaged(opened ?? (await open(browser, salvage)), damaged, withoutCommit(0));
    expect(await browser.databases.databases()).toHaveLength(2);
    expect(at).toBeLessThan(20);
  }
});

test('no space for what is to be kept is QUOTA, and changes nothing', async () => {
  const damaged = flipped(1, 20);
  await writeRecords(browser.databases, 'app', damaged);
  browser.faults.writesFail = new DOMException('no more space', 'QuotaExceededError');
  await expect(open(browser, salvage)).rejects.toMatchObject({ code: 'QUOTA' });
  browser.faults.writesFail = undefined;
  expect(await recordsIn(browser.databases, 'app')).toEqual(damaged);
  await checkSalvaged(await open(browser, salvage), damaged, withoutCommit(0));
});
