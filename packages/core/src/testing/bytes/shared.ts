import { concat } from '../../bytes/concat.ts';
import type { ByteLog } from '../../log/log.ts';
import { equal, rejects } from '../assert.ts';
import { pattern } from '../fixtures.ts';
import type { Part } from '../stage.ts';
import { collectBytes, openBytes } from './open-bytes.ts';

const nothing = new Uint8Array(0);

/** Several writers of bytes: positions mean the same to all of them. */
export const sharingBytes: Part<ByteLog> = (test, { capabilities }) => {
  if (!capabilities.shared) return;

  test('who comes second gets LOG_CONFLICT, reads what follows, and goes on', async (stage) => {
    const [a, b] = [await openBytes(stage, nothing), await openBytes(stage, nothing)];
    await a.append(pattern(100, 1));
    await rejects(() => b.append(pattern(50, 2)), 'LOG_CONFLICT', 'an append that has been overtaken');
    await b.holds(pattern(100, 1), 'what it had not seen', b.end);
    b.end = a.end;
    equal(await b.append(pattern(50, 2)), a.end + 50, 'the end');
    await a.holds(pattern(50, 2), 'what the first had not seen', a.end);
    await a.holds(concat([pattern(100, 1), pattern(50, 2)]), 'all');
  });

  test('after another’s replace all is read again, from a position of its own', async (stage) => {
    const [a, b] = [await openBytes(stage, nothing), await openBytes(stage, nothing)];
    await a.append(pattern(100, 1));
    await b.holds(pattern(100, 1), 'what it had not seen', b.end);
    b.end = a.end;
    await a.replace(pattern(500, 2));
    await rejects(() => b.append(pattern(50, 3)), 'LOG_CONFLICT', 'an append that has been overtaken');
    const { start } = await collectBytes(b.log.read(b.end));
    equal(start > b.end, true, `whether ${start}, where the new bytes begin, can be told from ${b.end}`);
    await b.holds(pattern(500, 2), 'all again', b.end);
    b.end = start + 500;
    await b.append(pattern(50, 3));
    await a.holds(pattern(50, 3), 'what the first had not seen', a.end);
  });
};
