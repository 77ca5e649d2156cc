import { documentLog } from '../log/document-log.ts';
import type { Document, Log } from '../log/log.ts';
import { content } from './document/content.ts';
import { versioning } from './document/versions.ts';
import { watchingDocument } from './document/watch.ts';
import { type DocumentHarness, type Medium, mapHarness } from './harness.ts';
import { groups, type TestFunctions } from './runner.ts';
import { onStage } from './stage.ts';
import { testLog } from './test-log.ts';

const parts = { document: content, 'document versions': versioning, 'document watch': watchingDocument };

/** Declares the tests that every `Document` must pass, and those of `testLog` on the `documentLog` over it. */
export function testDocument<M extends Medium<Document>>(
  runner: TestFunctions,
  harness: DocumentHarness<M>,
): void {
  const plain = harness as DocumentHarness;
  groups(runner, parts, (part, grouped) => part(onStage(grouped, plain), plain));
  const convert = (document: Document): Log => documentLog(document, plain.capabilities);
  const capabilities = { ...plain.capabilities, readers: true, syncAppend: false };
  testLog(runner, mapHarness({ ...plain, capabilities }, convert));
}
