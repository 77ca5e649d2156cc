import { concat } from '../../bytes/concat.ts';
import { FLIGHT, KIND, startChain } from '../../format/frame.ts';
import { FrameWriter } from '../../format/frame-writer.ts';
import { STORE_ID_BYTES, writeHeader } from '../../format/header.ts';
import { frameLog } from '../../log/frame-log.ts';
import type { ByteLog, LogItem } from '../../log/log.ts';
import { equal, ok, sameBytes } from '../assert.ts';
import { commit, pattern } from '../fixtures.ts';
import type { ByteLogHarness } from '../harness.ts';
import type { Part, Stage } from '../stage.ts';
import { collectBytes, each, type OpenBytes, openBytes } from './open-bytes.ts';

const nothing = new Uint8Array(0);

/** Keeping the old bytes beside new ones: what salvage does with a log that is damaged. */
export const settingAside: Part<ByteLog, ByteLogHarness> = (test, harness) => {
  if (!harness.capabilities.setsAside) return;

  /** What is kept under a name. */
  async function kept(stage: Stage<ByteLog>, name: string): Promise<Uint8Array> {
    if (!harness.aside) throw new Error('this harness has no aside()');
    const handle = (await harness.aside(stage.medium, name)).handle();
    await handle.open({ readOnly: true, mode: 'mustExist' });
    stage.atEnd(() => handle.close());
    return (await collectBytes(handle.read())).bytes;
  }

  test('the old bytes are kept as they were, under another name each time', async (stage) => {
    const log = await openBytes(stage, nothing);
    await log.append(pattern(1000, 1));
    const first = await replaceAside(log, pattern(10, 2));
    await log.append(pattern(10, 3));
    const second = await replaceAside(log, pattern(20, 4));
    ok(first !== second, `both were kept as ${first}`);
    sameBytes((await kept(stage, first)).subarray(0, 1000), pattern(1000, 1), first);
    const expected = concat([pattern(10, 2), pattern(10, 3)]);
    sameBytes((await kept(stage, second)).subarray(0, 20), expected, second);
    await log.append(pattern(10, 5));
    await log.close();
    await openBytes(stage, concat([pattern(20, 4), pattern(10, 5)]));
  });

  test('a damaged log is salvaged, and kept', async (stage) => {
    const damaged = damagedLog();
    const log = await openBytes(stage, nothing);
    await log.replace(damaged);
    await log.close();
    const salvaging = frameLog(stage.medium.handle());
    await salvaging.open({ readOnly: false, mode: 'mustExist', recovery: 'salvage' });
    stage.atEnd(() => salvaging.close());
    const items: LogItem[] = [];
    for await (const batch of salvaging.read()) items.push(...batch);
    const seqs = items.flatMap((item) => (item.type === 'commit' ? [item.commit.payload.length] : []));
    equal(seqs.length, 2, 'commits that were saved');
    const last = items.at(-1);
    if (last?.type !== 'salvaged' || last.salvage.keptAs === undefined)
      throw new Error('nothing was said to be salvaged and kept');
    const { keptAs } = last.salvage;
    sameBytes((await kept(stage, keptAs)).subarray(0, damaged.length), damaged, keptAs);
  });
};

/** Replaces the bytes. @returns the name under which the old ones are kept */
async function replaceAside(log: OpenBytes, bytes: Uint8Array): Promise<string> {
  const names: string[] = [];
  const setAside = (name: string): void => void names.push(name);
  log.end = await log.log.replace(each([bytes]), { upTo: () => log.end, setAside });
  equal(names.length, 1, 'names that were told');
  return names[0] as string;
}

/** Three commits, the second with a bit turned. */
function damagedLog(): Uint8Array {
  const writer = new FrameWriter(startChain(), undefined);
  const storeId = new Uint8Array(STORE_ID_BYTES);
  writer.add(KIND.header, writeHeader({ storeId, cipherName: '', cipherHeader: nothing }), FLIGHT);
  const ends = [1, 2, 3].map((seq) => {
    writer.add(KIND.commit, commit(seq).payload, FLIGHT);
    return writer.length;
  });
  const bytes = writer.take().slice();
  const at = (ends[1] as number) - 5;
  bytes[at] = (bytes[at] as number) ^ 1;
  return bytes;
}
