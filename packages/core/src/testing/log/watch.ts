import type { Log } from '../../log/log.ts';
import { equal, eventually, pause } from '../assert.ts';
import { commit, commits } from '../fixtures.ts';
import type { Part, Stage } from '../stage.ts';
import { asContents, openLog, sameItems } from './open-log.ts';

/** News of other writers. */
export const watching: Part<Log> = (test, { capabilities }) => {
  if (!capabilities.shared) return;

  test('it tells of another’s append, which can be read then', async (stage) => {
    const [a, b] = [await openLog(stage), await openLog(stage)];
    let calls = 0;
    watch(stage, b.log, () => calls++);
    for (let seq = 1; seq <= 3; seq++) {
      const before = calls;
      await a.append([commit(seq)]);
      await eventually(() => calls > before, stage.patienceMs, `news of append ${seq}`);
      sameItems(await b.catchUp(), asContents([commit(seq)]), `what append ${seq} brought`);
    }
  });

  test('it tells every watcher, and every other handle', async (stage) => {
    const [a, b, c] = [await openLog(stage), await openLog(stage), await openLog(stage)];
    const calls = [0, 0, 0];
    watch(stage, b.log, () => calls[0]!++);
    watch(stage, b.log, () => calls[1]!++);
    watch(stage, c.log, () => calls[2]!++);
    await a.append([commit(1)]);
    await eventually(() => !calls.includes(0), stage.patienceMs, 'news for three watchers');
  });

  test('it says nothing of the handle’s own appends', async (stage) => {
    const [a, b] = [await openLog(stage), await openLog(stage)];
    let own = 0;
    let others = 0;
    watch(stage, a.log, () => own++);
    watch(stage, b.log, () => others++);
    await a.append(commits(1, 2));
    await eventually(() => others > 0, stage.patienceMs, 'news for the other handle');
    await pause(20);
    equal(own, 0, 'news of its own append');
  });

  test('once ended it says no more, and the others go on', async (stage) => {
    const [a, b] = [await openLog(stage), await openLog(stage)];
    let ended = 0;
    let going = 0;
    const end = watch(stage, b.log, () => ended++);
    watch(stage, b.log, () => going++);
    end?.();
    await a.append([commit(1)]);
    await eventually(() => going > 0, stage.patienceMs, 'news for the watcher that goes on');
    await pause(20);
    equal(ended, 0, 'news for the watcher that has ended');
  });
};

/** Watches until it is ended, or the test is. */
function watch(stage: Stage<Log>, log: Log, onAppend: () => void): (() => void) | undefined {
  const end = log.watch?.(onAppend);
  stage.atEnd(() => end?.());
  return end;
}
