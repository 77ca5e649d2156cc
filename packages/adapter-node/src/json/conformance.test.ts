/** A JSON file keeps the state, not the commits: of the suites of the core it passes that of a store. */
import { copyFileSync, existsSync } from 'node:fs';
import type { Log } from '@isokv/core';
import { testStore } from '@isokv/core/testing';
import * as vitest from 'vitest';
import { temporaryFolder } from '../testing/logs.ts';
import { type JsonFileOptions, jsonFile } from './json-file.ts';

interface FileMedium {
  readonly path: string;
  handle(): Log;
}

const folder = temporaryFolder();
vitest.afterAll(() => folder.remove());
let media = 0;

for (const autosave of ['commit', 'manual', { everyMs: 5 }] satisfies JsonFileOptions['autosave'][]) {
  const newMedium = (): FileMedium => {
    media++;
    const path = folder.path(`${media}.json`);
    return { path, handle: () => jsonFile(path, { autosave }) };
  };
  vitest.describe(`autosave ${JSON.stringify(autosave)}`, () => {
    testStore(vitest, {
      capabilities: newMedium().handle().capabilities,
      create: newMedium,
      crash(medium) {
        const left = newMedium();
        const { path } = medium as FileMedium;
        if (existsSync(path)) copyFileSync(path, left.path);
        return left;
      },
    });
  });
}
