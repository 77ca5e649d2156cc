/** docs/ERRORS.md has a heading for every error code, and for nothing else. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

/** @param {string} path */
const read = (path) => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');

it('names every error code once', () => {
  const source = read('packages/core/src/errors.ts');
  const types = source.slice(source.indexOf('type UsageErrorCode'), source.indexOf('export type ErrorCode'));
  const codes = [...types.matchAll(/'([A-Z_]+)'/g)].map(([, code]) => code);
  const headings = [...read('docs/ERRORS.md').matchAll(/^### `([A-Z_]+)`$/gm)].map(([, code]) => code);
  expect(codes.length).toBeGreaterThan(20);
  expect(headings.sort()).toEqual(codes.sort());
});
