/** A store in a file against a reference model. How to replay a case: test/model/model-test.ts. */
import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, test } from 'vitest';
import type { Medium } from '../../../test/model/driver.ts';
import { modelTest, TEST_TIMEOUT_MS } from '../../../test/model/model-test.ts';
import { fileLog } from './file-log.ts';

const folder = mkdtempSync(join(tmpdir(), 'isokv-model-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let count = 0;

function inFile(path: string = join(folder, `${++count}`)): Medium {
  return {
    log: () => fileLog(path),
    copy: () => {
      const copy = join(folder, `${++count}`);
      if (existsSync(path)) copyFileSync(path, copy);
      return inFile(copy);
    },
    remove: () => rmSync(path, { force: true }),
  };
}

test(
  'a store over fileLog is a map of maps',
  () => modelTest(inFile, 30, { durability: 'relaxed' }),
  TEST_TIMEOUT_MS,
);
