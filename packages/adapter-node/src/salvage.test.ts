/** Files that are damaged: what strict recovery says of each, what salvage makes of it, and that no step can lose more. */
import { IsokvError, inspect, Store, type StoreOptions } from '@isokv/core';
import { beforeAll, describe, expect, test } from 'vitest';
import { fileLog } from './file-log.ts';
import { LOG_START } from './superblock.ts';
import { HostileFileSystem, type Keep, systemError } from './testing/index.ts';

const PATH = '/a/x.isokv';
const ASIDE = `${PATH}.damaged-1`;

type Content = [namespace: string, key: string, value: unknown][];

function contentOf(store: Store): Content {
  return store
    .namespaces()
    .flatMap((name) =>
      [...store.namespace(name).entries()].map(([key, value]) => [name, key, value] as const),
    )
    .map((entry) => [...entry]);
}

/** As `toEqual` would say, in a hundredth of the time. */
function isSame(bytes: Uint8Array | undefined, expected: Uint8Array): boolean {
  return bytes !== undefined && Buffer.compare(bytes, expected) === 0;
}

function worldWith(bytes: Uint8Array): HostileFileSystem {
  const fs = new HostileFileSystem();
  fs.makeFolder('/a');
  fs.put(PATH, bytes);
  return fs;
}

async function opened(
  fs: HostileFileSystem,
  options: StoreOptions = {},
): Promise<{ store: Store; warnings: IsokvError[] }> {
  const warnings: IsokvError[] = [];
  const log = fileLog(PATH, { fs, onWarning: (warning) => warnings.push(warning) });
  return { store: await Store.open(log, { compaction: 'manual', ...options }), warnings };
}

const salvage: StoreOptions = { recovery: 'salvage' };

/** The puts of each message of the file, in its order: header, two blocks, the end of the run, commits. */
const PUTS: Content[] = [
  [],
  [
    ['', 'a', 1],
    ['', 'b', 'two'],
  ],
  [['x', 'a', { n: 1 }]],
  [],
  [['', 'a', 2]],
  [['', 'c', 'c']],
  [['x', 'd', [1, 2, 3]]],
];

/** What a store holds of which only these messages are left. */
function contentIn(left: readonly Content[]): Content {
  const last = new Map(left.flat().map((put) => [`${put[0]}/${put[1]}`, put]));
  return [...last.values()].sort((one, other) =>
    `${one[0]}/${one[1]}` < `${other[0]}/${other[1]}` ? -1 : 1,
  );
}

/** The file as it is while it is open, with zeros ahead of the end; and when it is closed. */
let open: Uint8Array;
let closed: Uint8Array;
/** Where each message begins, and where the last one ends. */
let starts: number[];

beforeAll(async () => {
  const fs = new HostileFileSystem();
  fs.makeFolder('/a');
  const { store } = await opened(fs);
  for (const [namespace, key, value] of [...(PUTS[1] as Content), ...(PUTS[2] as Content)])
    void store.namespace(namespace).set(key, value);
  await store.compact();
  for (const [[namespace, key, value]] of PUTS.slice(4) as [Content[number]][])
    await store.namespace(namespace).set(key, value);
  open = fs.contentOf(PATH) as Uint8Array;
  await store.close();
  closed = fs.contentOf(PATH) as Uint8Array;
  starts = [];
  for await (const { offset } of inspect(closed.subarray(LOG_START), { offset: LOG_START }))
    starts.push(offset);
  expect(starts).toHaveLength(PUTS.length);
  starts.push(closed.length);
});

/** The message that a byte of the file belongs to; -1 for the superblock. */
function messageAt(at: number): number {
  return starts.filter((start) => start <= at).length - 1;
}

function* flips(
  bytes: Uint8Array,
  isWanted: (at: number) => boolean,
): Generator<{ damaged: Uint8Array; at: number }> {
  for (let at = 0; at < bytes.length; at++) {
    if (!isWanted(at)) continue;
    for (let bit = 0; bit < 8; bit++) {
      const damaged = bytes.slice();
      damaged[at] = (damaged[at] as number) ^ (1 << bit);
      yield { damaged, at };
    }
  }
}

/** All of the log; of the superblock what means something, and a sample of its padding, of which superblock.test.ts flips all. */
function isWanted(at: number): boolean {
  return at >= LOG_START || at < 13 || (at >= 511 && at < 525) || (at >= 1023 && at < 1037) || at % 199 === 0;
}

describe('a file that was closed', () => {
  test('strictly: every turned bit is an error, or lost nothing and is a warning', async () => {
    for (const { damaged, at } of flips(closed, isWanted)) {
      const fs = worldWith(damaged);
      const outcome = await opened(fs, { readOnly: true }).catch((error: IsokvError) => error);
      if (outcome instanceof IsokvError) {
        const codes = at < 11 ? ['NOT_ISOKV'] : at === 11 ? ['UNKNOWN_VERSION'] : ['CORRUPT'];
        expect(codes, `byte ${at}`).toContain(outcome.code);
      } else {
        expect(outcome.warnings, `byte ${at}`).toHaveLength(1);
        expect(contentOf(outcome.store)).toEqual(contentIn(PUTS));
      }
      expect(isSame(fs.contentOf(PATH), damaged)).toBe(true);
    }
  }, 60_000);

  test('salvaged: every turned bit costs its message, and none in the superblock costs any', async () => {
    for (const { damaged, at } of flips(closed, isWanted)) {
      const fs = worldWith(damaged);
      const opening = opened(fs, salvage);
      if (at === 11) {
        await expect(opening).rejects.toMatchObject({ code: 'UNKNOWN_VERSION' });
        continue;
      }
      const { store, warnings } = await opening;
      const hit = messageAt(at);
      expect(contentOf(store), `byte ${at}`).toEqual(contentIn(PUTS.filter((_, index) => index !== hit)));
      await store.verify();
      const { salvaged } = store.stats();
      if (warnings.length > 0) {
        expect(salvaged).toBeUndefined();
        continue;
      }
      expect(salvaged?.keptAs).toBe(ASIDE);
      expect(isSame(fs.contentOf(ASIDE), damaged)).toBe(true);
      if (hit >= 0)
        expect(salvaged?.damage).toMatchObject([
          { offset: starts[hit], bytes: (starts[hit + 1] as number) - (starts[hit] as number) },
        ]);
      else expect(salvaged?.damage).toHaveLength(1);
    }
  }, 60_000);

  test('cut anywhere: an error strictly; salvaged, it has what is whole', async () => {
    for (let length = 0; length < closed.length; length++) {
      if (!isWanted(length)) continue;
      const cut = closed.slice(0, length);
      const code = length === 0 ? 'MISSING' : 'CORRUPT';
      await expect(opened(worldWith(cut), { readOnly: true }), `cut at ${length}`).rejects.toMatchObject({
        code,
      });
      const fs = worldWith(cut);
      const whole = PUTS.filter((_, index) => (starts[index + 1] as number) <= length);
      if (whole.length < 2) {
        if (length > 0) await expect(opened(fs, salvage)).rejects.toMatchObject({ code });
        continue;
      }
      const { store } = await opened(fs, salvage);
      expect(contentOf(store), `cut at ${length}`).toEqual(contentIn(whole));
      expect(isSame(fs.contentOf(ASIDE), cut)).toBe(true);
    }
  }, 60_000);
});

describe('a file that was not closed', () => {
  test('every turned bit is an error, or costs the last commit and is reported', async () => {
    for (const { damaged, at } of flips(open.subarray(0, closed.length + 600), isWanted)) {
      const outcome = await opened(worldWith(damaged), { readOnly: true }).catch(
        (error: IsokvError) => error,
      );
      if (outcome instanceof IsokvError) continue;
      const { store, warnings } = outcome;
      const { torn } = store.stats();
      const last = PUTS.length - 1;
      if (messageAt(at) === last && at < closed.length) {
        expect(contentOf(store), `byte ${at}`).toEqual(contentIn(PUTS.slice(0, -1)));
        expect(torn).toMatchObject({ offset: starts[last] });
      } else {
        expect(contentOf(store), `byte ${at}`).toEqual(contentIn(PUTS));
        // In the zeros ahead of the end.
        if (at >= closed.length) expect(torn).toMatchObject({ offset: closed.length });
        else expect(warnings).toHaveLength(1);
      }
    }
  }, 60_000);

  test('cut anywhere: an error, or all but what was cut, which is reported', async () => {
    for (let length = LOG_START; length < closed.length; length++) {
      const outcome = await opened(worldWith(open.slice(0, length)), { readOnly: true }).catch(
        (error: IsokvError) => error,
      );
      // What a compaction put in place was durable: nothing of it can have torn.
      const run = starts[4] as number;
      expect(outcome instanceof IsokvError, `cut at ${length}`).toBe(length < run);
      if (outcome instanceof IsokvError) continue;
      const whole = PUTS.filter((_, index) => (starts[index + 1] as number) <= length);
      expect(contentOf(outcome.store), `cut at ${length}`).toEqual(contentIn(whole));
      const isWhole = starts.includes(length);
      expect(outcome.store.stats().torn?.offset).toBe(isWhole ? undefined : starts[whole.length]);
    }
  });
});

describe('the damaged file', () => {
  const hit = 5;
  const left = contentIn(PUTS.filter((_, index) => index !== hit));
  let damaged: Uint8Array;
  beforeAll(() => {
    damaged = closed.slice();
    const at = (starts[hit] as number) + 7;
    damaged[at] = (damaged[at] as number) ^ 1;
  });

  test('is kept under the next name that is free', async () => {
    const fs = worldWith(damaged);
    fs.put(ASIDE, closed);
    const { store } = await opened(fs, salvage);
    expect(store.stats().salvaged?.keptAs).toBe(`${PATH}.damaged-2`);
    expect(isSame(fs.contentOf(ASIDE), closed)).toBe(true);
    expect(isSame(fs.contentOf(`${PATH}.damaged-2`), damaged)).toBe(true);
    await store.destroy();
    expect(fs.namesIn('/a')).toEqual(['x.isokv.damaged-1', 'x.isokv.damaged-2']);
  });

  test('stands where it did when it is only read', async () => {
    const fs = worldWith(damaged);
    const { store } = await opened(fs, { ...salvage, readOnly: true });
    expect(contentOf(store)).toEqual(left);
    await expect(store.verify()).rejects.toMatchObject({ code: 'CORRUPT', offset: starts[hit] });
    await store.close();
    expect(fs.namesIn('/a')).toEqual(['x.isokv']);
    expect(isSame(fs.contentOf(PATH), damaged)).toBe(true);
  });

  test('of somebody else is never moved', async () => {
    const text = new TextEncoder().encode('somebody else’s\n'.repeat(600));
    for (const foreign of [text.subarray(0, 20), text, Uint8Array.of(...text, ...closed)]) {
      const fs = worldWith(foreign.slice());
      await expect(opened(fs, salvage)).rejects.toMatchObject({ code: 'NOT_ISOKV' });
      expect(fs.namesIn('/a')).toEqual(['x.isokv']);
      expect(isSame(fs.contentOf(PATH), foreign)).toBe(true);
    }
  });

  describe.each([
    ['by a link', false],
    ['by a copy, where there are no links', true],
  ])('is kept %s', (_, isCopied) => {
    const world = (): HostileFileSystem => {
      const fs = worldWith(damaged);
      if (isCopied) fs.fail({ operation: 'link', how: 'EPERM', times: Number.POSITIVE_INFINITY });
      return fs;
    };

    test('whole', async () => {
      const fs = world();
      const { store } = await opened(fs, salvage);
      expect(contentOf(store)).toEqual(left);
      expect(isSame(fs.contentOf(ASIDE), damaged)).toBe(true);
      await store.close();
      expect(fs.namesIn('/a')).toEqual(['x.isokv', 'x.isokv.damaged-1']);
    });

    test('whatever moment the power is lost at: its path always names a file, and nothing more is lost', async () => {
      const fs = world();
      const images: HostileFileSystem[] = [];
      fs.before = () => {
        for (const keep of ['nothing', 'everything', 'some', 'some', 'some'] as Keep[])
          images.push(fs.afterPowerLoss(keep, images.length + 1));
        return undefined;
      };
      await (await opened(fs, salvage)).store.close();
      expect(images.length).toBeGreaterThan(50);
      for (const image of images) {
        const found = image.contentOf(PATH) as Uint8Array;
        const isOld = isSame(found, damaged);
        if (!isOld) expect(isSame(image.contentOf(ASIDE), damaged)).toBe(true);
        const { store } = await opened(image, salvage);
        expect(contentOf(store)).toEqual(left);
        await store.close();
        expect(isSame(image.contentOf(ASIDE), damaged)).toBe(true);
        expect(contentOf((await opened(image)).store)).toEqual(left);
      }
    }, 60_000);

    test('whichever step fails', async () => {
      const calls = world();
      let count = 0;
      calls.before = () => void count++;
      await opened(calls, salvage);
      for (let failing = 0; failing < count; failing++) {
        const fs = world();
        let index = 0;
        fs.before = (call) => {
          if (index++ === failing) throw systemError('EIO', call.operation);
          return undefined;
        };
        const opening = await opened(fs, salvage).catch((error: IsokvError) => error);
        fs.before = undefined;
        if (opening instanceof IsokvError) expect(opening.code).toBe('IO');
        else await opening.store.close();
        const { store } = await opened(fs, salvage);
        expect(contentOf(store), `call ${failing}`).toEqual(left);
        expect(isSame(fs.contentOf(ASIDE), damaged), `call ${failing}`).toBe(true);
      }
    });
  });
});
