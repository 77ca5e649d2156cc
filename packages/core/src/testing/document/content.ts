import { concat } from '../../bytes/concat.ts';
import type { Document } from '../../log/log.ts';
import { equal, ok, sameBytes } from '../assert.ts';
import { pattern } from '../fixtures.ts';
import { type DocumentHarness, survivesCrash } from '../harness.ts';
import type { Part, Stage } from '../stage.ts';

/** What is written is what is read. */
export const content: Part<Document, DocumentHarness> = (test, harness) => {
  test('a new one is absent', async ({ medium }) => {
    equal(await medium.handle().read(), undefined, 'what is read');
  });

  test('it comes back as it was written, for any handle', async (stage) => {
    const document = stage.medium.handle();
    for (const length of [1000, 10, 500_000, 1]) {
      await write(document, pattern(length));
      await holds(stage, pattern(length), `${length} bytes`);
    }
  });

  test('empty is not absent', async (stage) => {
    const document = stage.medium.handle();
    await write(document, new Uint8Array(0));
    await holds(stage, new Uint8Array(0), 'an empty document');
    await write(document, pattern(10));
    await write(document, new Uint8Array(0));
    await holds(stage, new Uint8Array(0), 'a document made empty');
  });

  test('any bytes come back as they were given, at the ends too', async (stage) => {
    const document = stage.medium.handle();
    const all = Uint8Array.from({ length: 256 }, (_, byte) => byte);
    const marks = [[0x00], [0xff], [0x0a], [0x0d, 0x0a], [0x20], [0xef, 0xbb, 0xbf], [0xff, 0xfe]];
    for (const mark of marks.map((bytes) => Uint8Array.from(bytes))) {
      const bytes = concat([mark, all, mark]);
      await write(document, bytes);
      await holds(stage, bytes, `bytes that begin and end with ${mark}`);
    }
  });

  test('a view of a larger buffer is written alone', async (stage) => {
    await write(stage.medium.handle(), pattern(100).subarray(20, 30));
    await holds(stage, pattern(100).slice(20, 30), 'ten bytes of a hundred');
  });

  test('bytes are the caller’s again once it settles', async (stage) => {
    const bytes = pattern(1000);
    await write(stage.medium.handle(), bytes);
    bytes.fill(0xaa);
    await holds(stage, pattern(1000), 'what was written');
  });

  test('what was read stays as it was read', async (stage) => {
    const document = stage.medium.handle();
    await write(document, pattern(1000, 1));
    const found = await document.read();
    await write(document, pattern(1000, 2));
    await document.read();
    sameBytes(found?.bytes as Uint8Array, pattern(1000, 1), 'what was read first');
  });

  test('a reader meanwhile sees the old or the new', async (stage) => {
    const [writer, reader] = [stage.medium.handle(), stage.medium.handle()];
    const [old, next] = [pattern(300_000, 1), pattern(400_000, 2)];
    await write(writer, old);
    const written = write(writer, next);
    for (let i = 0; i < 4; i++) {
      const bytes = (await reader.read())?.bytes ?? new Uint8Array(0);
      sameBytes(bytes, bytes.length === old.length ? old : next, 'what a reader sees');
    }
    await written;
    await holds(stage, next, 'afterwards');
  });

  test('remove makes it absent, and it can be written again', async (stage) => {
    const document = stage.medium.handle();
    await document.remove();
    await write(document, pattern(10));
    await document.remove();
    equal(await document.read(), undefined, 'what is read after remove');
    equal(await stage.medium.handle().read(), undefined, 'what another handle reads');
    await document.remove();
    await write(document, pattern(20));
    await holds(stage, pattern(20), 'written again');
  });

  test('documents side by side do not mix', async (stage) => {
    const other = (await stage.create()).handle();
    const document = stage.medium.handle();
    await write(document, pattern(10, 1));
    equal(await other.read(), undefined, 'the second document');
    await write(other, pattern(10, 2));
    await document.remove();
    sameBytes(
      (await other.read())?.bytes as Uint8Array,
      pattern(10, 2),
      'the second, when the first is removed',
    );
  });

  if (!survivesCrash(harness)) return;
  test('what was acknowledged survives a crash', async (stage) => {
    await write(stage.medium.handle(), pattern(1000));
    const found = await (await stage.crash()).handle().read();
    ok(found, 'it is absent after the crash');
    sameBytes(found?.bytes as Uint8Array, pattern(1000), 'after the crash');
  });
};

/** Writes as the next version of what is there, whatever that is. */
export async function write(document: Document, bytes: Uint8Array): Promise<string | undefined> {
  const found = await document.read();
  return (await document.write(bytes, { ifVersion: found ? found.version : null })).version;
}

async function holds(stage: Stage<Document>, expected: Uint8Array, what: string): Promise<void> {
  const found = await stage.medium.handle().read();
  ok(found, `${what}: absent`);
  sameBytes(found?.bytes as Uint8Array, expected, what);
}
