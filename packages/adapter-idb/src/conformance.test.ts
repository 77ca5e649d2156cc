/** A database is a byte log like any other: the suite of the core says what that means. */
import type { ByteLog } from '@isokv/core';
import { testByteLog } from '@isokv/core/testing';
import * as vitest from 'vitest';
import { IdbBytes } from './idb-bytes.ts';
import { recordsIn, writeRecords } from './testing/databases.ts';
import { FakeBrowser } from './testing/fake-environment.ts';

const browser = new FakeBrowser();

interface Database {
  readonly name: string;
  handle(): ByteLog;
}

let databases = 0;

function newDatabase(name = `database ${++databases}`): Database {
  return { name, handle: () => new IdbBytes(name, browser.tab(), 5000) };
}

testByteLog<Database>(vitest, {
  capabilities: newDatabase().handle().capabilities,
  create: () => newDatabase(),
  aside: (_, name) => newDatabase(name),
  async crash({ name }) {
    const left = newDatabase();
    await writeRecords(browser.databases, left.name, await recordsIn(browser.databases, name));
    return left;
  },
});
