import type { Document } from '../../log/log.ts';
import { equal, ok, rejects, resolves, sameBytes } from '../assert.ts';
import { pattern } from '../fixtures.ts';
import type { DocumentHarness } from '../harness.ts';
import type { Part } from '../stage.ts';
import { write } from './content.ts';

/** Versions, by which a write that was overtaken is refused. */
export const versioning: Part<Document, DocumentHarness> = (test, { versions, capabilities }) => {
  test('it has versions if the harness says so, and if it is shared', async ({ medium }) => {
    const document = medium.handle();
    const { version } = await document.write(pattern(10), {});
    equal(version !== undefined, versions, 'whether write gives a version');
    equal((await document.read())?.version !== undefined, versions, 'whether read gives a version');
    ok(versions || !capabilities.shared, 'a shared document needs versions');
  });

  test('a write with no version named is done', async ({ medium }) => {
    const document = medium.handle();
    await document.write(pattern(10, 1), {});
    await medium.handle().write(pattern(20, 2), { ifVersion: undefined });
    sameBytes((await document.read())?.bytes as Uint8Array, pattern(20, 2), 'what is read');
  });

  test('a write that says it must not exist creates it', async ({ medium }) => {
    const document = medium.handle();
    await document.write(pattern(10, 1), { ifVersion: null });
    await document.remove();
    await document.write(pattern(10, 2), { ifVersion: null });
    sameBytes((await document.read())?.bytes as Uint8Array, pattern(10, 2), 'what is read');
  });

  if (!versions) return;

  test('a write that says it must not exist rejects with LOG_CONFLICT where it does', async ({ medium }) => {
    const document = medium.handle();
    const contents = [pattern(20, 1), pattern(20, 2)];
    const won = await Promise.all(
      contents.map((bytes) => resolves(() => medium.handle().write(bytes, { ifVersion: null }))),
    );
    equal(won.filter(Boolean).length, 1, 'how many of two writes that create it resolved');
    await rejects(() => document.write(pattern(10), { ifVersion: null }), 'LOG_CONFLICT', 'a third');
    const found = await document.read();
    sameBytes(found?.bytes as Uint8Array, contents[won.indexOf(true)] as Uint8Array, 'what is read');
  });

  test('read gives the version that write gave, another for each write', async ({ medium }) => {
    const document = medium.handle();
    const seen = new Set<string | undefined>();
    for (let i = 0; i < 5; i++) {
      const version = await write(document, pattern(10));
      equal(typeof version, 'string', 'type of the version');
      equal((await medium.handle().read())?.version, version, 'version that is read');
      seen.add(version);
    }
    equal(seen.size, 5, 'how many versions five writes of the same bytes had');
  });

  test('a version that is not the current one rejects with LOG_CONFLICT and changes nothing', async ({
    medium,
  }) => {
    const document = medium.handle();
    const first = await write(document, pattern(10, 1));
    const second = await write(document, pattern(10, 2));
    await rejects(
      () => document.write(pattern(10, 3), { ifVersion: first }),
      'LOG_CONFLICT',
      'an overtaken write',
    );
    const found = await medium.handle().read();
    sameBytes(found?.bytes as Uint8Array, pattern(10, 2), 'what is read');
    equal(found?.version, second, 'version that is read');
    await document.write(pattern(10, 3), { ifVersion: second });
    sameBytes(
      (await document.read())?.bytes as Uint8Array,
      pattern(10, 3),
      'after a write that was not overtaken',
    );
  });

  test('the version of a document that was removed rejects with LOG_CONFLICT', async ({ medium }) => {
    const document = medium.handle();
    const version = await write(document, pattern(10, 1));
    await medium.handle().remove();
    await rejects(
      () => document.write(pattern(10, 2), { ifVersion: version }),
      'LOG_CONFLICT',
      'an overtaken write',
    );
    equal(await document.read(), undefined, 'what is read');
  });

  test('of two writes at once over the same version one wins', async ({ medium }) => {
    const ifVersion = await write(medium.handle(), pattern(10));
    const contents = [pattern(20, 1), pattern(20, 2)];
    const won = await Promise.all(
      contents.map((bytes) => resolves(() => medium.handle().write(bytes, { ifVersion }))),
    );
    equal(won.filter(Boolean).length, 1, 'how many of two writes resolved');
    const found = await medium.handle().read();
    sameBytes(found?.bytes as Uint8Array, contents[won.indexOf(true)] as Uint8Array, 'what is read');
  });
};
