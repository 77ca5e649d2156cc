export { type ByteFault, type ByteOperation, faultyByteLog } from './faulty-byte-log.ts';
export type { ByteLogHarness, DocumentHarness, Harness, LogHarness, Medium } from './harness.ts';
export { Random } from './random.ts';
export { type RunTestsOptions, runTests, type TestOutcome } from './run-tests.ts';
export type { TestFunctions } from './runner.ts';
export { testByteLog } from './test-byte-log.ts';
export { testDocument } from './test-document.ts';
export { testLog } from './test-log.ts';
export { testStore } from './test-store.ts';
