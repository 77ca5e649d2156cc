/** The suite of the core in a real browser, on its own IndexedDB, BroadcastChannel and Web Locks. */
import type { ByteLog } from '@isokv/core';
import { testByteLog } from '@isokv/core/testing';
import * as vitest from 'vitest';
import { browser } from './environment.ts';
import { IdbBytes } from './idb-bytes.ts';
import { recordsIn, writeRecords } from './testing/databases.ts';

interface Database {
  readonly name: string;
  handle(): ByteLog;
}

let databases = 0;

function newDatabase(name = `conformance ${++databases}`): Database {
  return { name, handle: () => new IdbBytes(name, browser(), 5000) };
}

testByteLog<Database>(vitest, {
  capabilities: newDatabase().handle().capabilities,
  create: () => newDatabase(),
  aside: (_, name) => newDatabase(name),
  async crash({ name }) {
    const left = newDatabase();
    await writeRecords(indexedDB, left.name, await recordsIn(indexedDB, name));
    return left;
  },
});
