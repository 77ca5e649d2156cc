/** The README says from which versions of browsers on a page can use this: what came to one of them later is not used. */
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

/** What Chrome 93, Firefox 96 or Safari 15.4 lacks, and would be easily used. */
const NEWER = [
  /AbortSignal\s*\.\s*(timeout|any)\b/, // Safari 16
  /\(\?<[=!]/, // lookbehind: Safari 16.4
  /\bstatic\s*\{/, // Chrome 94, Safari 16.4
  /\.(findLast|findLastIndex|toSorted|toReversed|toSpliced)\(/, // Chrome 97, 110
  /\bstructuredClone\(/, // Chrome 98
  /\b(Promise\.(withResolvers|try)|Object\.groupBy|Map\.groupBy|Array\.fromAsync)\b/,
  /\.(isWellFormed|toWellFormed)\(/, // Chrome 111, Firefox 119, Safari 16.4
  /Uint8Array\.from(Base64|Hex)\b/,
  /\bIterator\.from\b/,
  /\brequestIdleCallback\b/, // no Safari
];

const sources = ['./', '../../core/src/'].flatMap((folder) => {
  const root = new URL(folder, import.meta.url);
  return (readdirSync(root, { recursive: true }) as string[])
    .filter((path) => path.endsWith('.ts') && !/\.test\.|testing\/|\.d\.ts$/.test(path))
    .map((path) => [path, readFileSync(new URL(path, root), 'utf8')] as const);
});

test('no source uses what the oldest browsers lack', () => {
  expect(sources.length).toBeGreaterThan(100);
  const used = sources.flatMap(([path, text]) =>
    NEWER.filter((newer) => newer.test(text)).map((newer) => `${path}: ${newer}`),
  );
  expect(used).toEqual([]);
});
