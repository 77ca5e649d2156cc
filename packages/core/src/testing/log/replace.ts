import { IsokvError } from '../../errors.ts';
import type { Log, LogItem, Position } from '../../log/log.ts';
import { equal, ok, rejects, sameBytes } from '../assert.ts';
import { type Content, commit, commits, pattern, run } from '../fixtures.ts';
import type { Part } from '../stage.ts';
import { asContents, batches, found, openLog, sameItems } from './open-log.ts';

/** New content in the place of the whole log. */
export const replacing: Part<Log> = (test) => {
  test('a run and the commits after it come back as they were given', async (stage) => {
    const log = await openLog(stage);
    await log.append(commits(1, 5));
    const end = log.end;
    await log.replace([...run(5), ...asContents(commits(6, 3))]);
    ok(log.end > end, 'the end did not grow');
    await log.append([commit(9)]);
    const expected = [...run(5), ...asContents(commits(6, 4))];
    sameItems(await log.check(), expected, 'at once');
    await log.close();
    const again = await openLog(stage);
    sameItems(again.found, expected, 'opened again');
    await again.append([commit(10)]);
    sameItems(await again.check(), [...expected, ...asContents([commit(10)])], 'after an append');
  });

  test('again and again, by the same handle and by new ones', async (stage) => {
    for (let round = 0; round < 3; round++) {
      const log = await openLog(stage);
      for (let seq = 5 * round + 1; seq <= 5 * round + 5; seq += 2) {
        await log.append([commit(seq)]);
        await log.replace(run(seq));
        await log.append([commit(seq + 1)]);
        sameItems(await log.check(), [...run(seq), ...asContents([commit(seq + 1)])], `seq ${seq}`);
      }
      await log.close();
    }
  });

  test('many MiB', async (stage) => {
    const given = (): Content[] => asContents([1, 2].map((seq) => commit(seq, pattern(1_300_000, seq))));
    const log = await openLog(stage);
    await log.replace(given());
    await log.append([commit(3)]);
    await log.close();
    sameItems(await found(stage), [...given(), ...asContents([commit(3)])], 'opened again');
  });

  test('with nothing leaves an empty log that can grow', async (stage) => {
    const log = await openLog(stage);
    await log.append(commits(1, 2));
    await log.replace([]);
    sameItems(await log.check(), [], 'at once');
    await log.close();
    const again = await openLog(stage);
    sameItems(again.found, [], 'opened again');
    await again.append([commit(3)]);
    sameItems(await again.check(), asContents([commit(3)]), 'after an append');
  });

  test('items that throw leave the old content, and it can grow and be replaced', async (stage) => {
    const log = await openLog(stage);
    await log.append(commits(1, 3));
    const failure = new IsokvError('IO', 'made to fail');
    async function* failing(): AsyncGenerator<readonly LogItem[]> {
      yield* batches([...run(3), ...run(3), ...run(3)]);
      throw failure;
    }
    const broken = log.log.replace(failing(), { upTo: () => log.end });
    equal(await rejects(() => broken, 'IO', 'replace'), failure, 'what it rejects with');
    sameItems(await log.check(), asContents(commits(1, 3)), 'at once');
    await log.append([commit(4)]);
    await log.close();
    const again = await openLog(stage);
    sameItems(again.found, asContents(commits(1, 4)), 'opened again');
    await again.replace(run(4));
    sameItems(await again.check(), run(4), 'after a replace');
  });

  test('the log grows while a replace takes its items', async (stage) => {
    const log = await openLog(stage);
    await log.append(commits(1, 3));
    async function* fuzzy(): AsyncGenerator<readonly LogItem[]> {
      yield* batches(run(3));
      await log.append([commit(4)]);
      await log.append([commit(5)]);
      yield* batches(asContents(commits(4, 2)));
    }
    log.end = await log.log.replace(fuzzy(), { upTo: () => log.end });
    await log.append([commit(6)]);
    const expected = [...run(3), ...asContents(commits(4, 3))];
    sameItems(await log.check(), expected, 'at once');
    await log.close();
    sameItems(await found(stage), expected, 'opened again');
  });

  test('what was appended meanwhile is kept when the items throw', async (stage) => {
    const log = await openLog(stage);
    await log.append(commits(1, 3));
    async function* failing(): AsyncGenerator<readonly LogItem[]> {
      yield* batches(run(3));
      await log.append([commit(4)]);
      throw new IsokvError('IO', 'made to fail');
    }
    const broken = log.log.replace(failing(), { upTo: () => log.end });
    await rejects(() => broken, 'IO', 'replace');
    await log.append([commit(5)]);
    await log.close();
    sameItems(await found(stage), asContents(commits(1, 5)), 'opened again');
  });

  test('upTo is asked when the items have ended, and LOG_CONFLICT keeps what it does not cover', async (stage) => {
    const log = await openLog(stage);
    const known: Position = await log.append(commits(1, 3));
    let ended = false;
    async function* unaware(): AsyncGenerator<readonly LogItem[]> {
      yield* batches(run(3));
      await log.append([commit(4)]);
      ended = true;
    }
    const upTo = (): Position => {
      ok(ended, 'upTo was asked before the items ended');
      return known;
    };
    const late = log.log.replace(unaware(), { upTo });
    await rejects(() => late, 'LOG_CONFLICT', 'replace up to what is not the end');
    sameItems(await log.check(), asContents(commits(1, 4)), 'at once');
    await log.append([commit(5)]);
    await log.close();
    sameItems(await found(stage), asContents(commits(1, 5)), 'opened again');
  });

  test('bytes are the caller’s again when the next items are asked for', async (stage) => {
    const log = await openLog(stage);
    async function* reusing(): AsyncGenerator<readonly LogItem[]> {
      for await (const batch of batches([...run(1), ...asContents([commit(2)])])) {
        yield batch;
        for (const item of batch) if (item.type === 'block') item.bytes.fill(0xaa);
        for (const item of batch) if (item.type === 'commit') item.commit.payload.fill(0xaa);
      }
    }
    log.end = await log.log.replace(reusing(), { upTo: () => log.end });
    const expected = [...run(1), ...asContents([commit(2)])];
    sameItems(await log.check(), expected, 'at once');
    await log.close();
    sameItems(await found(stage), expected, 'opened again');
  });

  test('what was read before stays as it was', async (stage) => {
    const log = await openLog(stage);
    await log.replace(run(1));
    const before = (await log.check()).flatMap((item) => (item.type === 'block' ? [item.bytes] : []));
    const copies = before.map((bytes) => bytes.slice());
    await log.append(commits(2, 3));
    await log.replace(run(4));
    await log.check();
    before.forEach((bytes, index) => void sameBytes(bytes, copies[index] as Uint8Array, `block ${index}`));
  });
};
