import { frameLog } from '../log/frame-log.ts';
import type { ByteLog, Log } from '../log/log.ts';
import { syncFrameLog } from '../log/sync-frame-log.ts';
import { appendingBytes } from './bytes/append.ts';
import { settingAside } from './bytes/aside.ts';
import { readingBytes } from './bytes/read.ts';
import { replacingBytes } from './bytes/replace.ts';
import { settling } from './bytes/settled.ts';
import { sharingBytes } from './bytes/shared.ts';
import { syncing } from './bytes/sync.ts';
import { truncating } from './bytes/truncate.ts';
import { type ByteLogHarness, type Medium, mapHarness } from './harness.ts';
import { groups, type TestFunctions } from './runner.ts';
import { onStage } from './stage.ts';
import { testLog } from './test-log.ts';

const parts = {
  'append bytes': appendingBytes,
  'read bytes': readingBytes,
  'truncate bytes': truncating,
  'replace bytes': replacingBytes,
  'bytes at once': syncing,
  'set aside': settingAside,
  'settled bytes': settling,
  'several writers of bytes': sharingBytes,
};

/** Declares the tests that every `ByteLog` must pass, and those of `testLog` on the `frameLog` (or `syncFrameLog`) over it. */
export function testByteLog<M extends Medium<ByteLog>>(
  runner: TestFunctions,
  harness: ByteLogHarness<M>,
): void {
  const plain = harness as ByteLogHarness;
  groups(runner, parts, (part, grouped) => part(onStage(grouped, plain), plain));
  testLog(
    runner,
    mapHarness<ByteLog, Log>(plain, (bytes) => (bytes.sync ? syncFrameLog : frameLog)(bytes)),
  );
}
