/** Apart from the other helpers: processes of the tests use those, and have no test runner. */
import { afterEach, beforeEach } from 'vitest';
import { temporaryFolder } from './logs.ts';

/** For the tests that follow: a folder of its own for each, gone when the test has ended. */
export function folderOfEachTest(): Pick<ReturnType<typeof temporaryFolder>, 'path'> {
  let folder: ReturnType<typeof temporaryFolder>;
  beforeEach(() => {
    folder = temporaryFolder();
  });
  afterEach(() => folder.remove());
  return { path: (name) => folder.path(name) };
}
