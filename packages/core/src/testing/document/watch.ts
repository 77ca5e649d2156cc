import type { Document } from '../../log/log.ts';
import { equal, eventually, ok, pause } from '../assert.ts';
import { pattern } from '../fixtures.ts';
import type { DocumentHarness } from '../harness.ts';
import type { Part } from '../stage.ts';
import { write } from './content.ts';

/** News of other writers. */
export const watchingDocument: Part<Document, DocumentHarness> = (test, { capabilities }) => {
  if (!capabilities.shared) return;

  test('it tells of what others write, not of its own, until it is ended', async (stage) => {
    const [a, b] = [stage.medium.handle(), stage.medium.handle()];
    ok(a.watch && b.watch, 'a shared document has watch()');
    const calls = { own: 0, other: 0, ended: 0 };
    const ends = [a.watch?.(() => calls.own++), b.watch?.(() => calls.other++)];
    b.watch?.(() => calls.ended++)();
    for (const end of ends) stage.atEnd(() => end?.());
    for (let i = 1; i <= 3; i++) {
      const before = calls.other;
      await write(a, pattern(10, i));
      await eventually(() => calls.other > before, stage.patienceMs, `news of write ${i}`);
    }
    await pause(20);
    equal(calls.own, 0, 'news of its own writes');
    equal(calls.ended, 0, 'news for a watcher that has ended');
  });
};
