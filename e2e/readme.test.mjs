/** Runs every example of every README as a newcomer would, against the built packages. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { examplesOf } from './examples.mjs';

const root = fileURLToPath(new URL('../', import.meta.url));
const pages = [
  'README.md',
  'docs/COMING_FROM.md',
  'docs/RECIPES.md',
  'packages/core/README.md',
  'packages/adapter-flash/README.md',
  'packages/adapter-node/README.md',
  'packages/codec-msgpack/README.md',
  'packages/isokv/README.md',
];

for (const page of pages) {
  const examples = examplesOf(readFileSync(join(root, page), 'utf8'));

  describe(page, () => {
    it('has examples, and they say what they print', () => {
      expect(examples.length).toBeGreaterThan(0);
      for (const { expected } of examples) expect(expected.length).toBeGreaterThan(0);
    });

    for (const [index, { code, expected }] of examples.entries()) {
      it(`example ${index + 1} runs as written`, () => {
        // In this folder, so that the packages of the workspace are found.
        const folder = mkdtempSync(join(root, 'e2e/example-'));
        try {
          writeFileSync(join(folder, 'example.mjs'), code);
          const output = execFileSync(process.execPath, ['example.mjs'], { cwd: folder, encoding: 'utf8' });
          expect(output.trimEnd().split('\n').map(unquote)).toEqual(expected.map(unquote));
        } finally {
          rmSync(folder, { recursive: true });
        }
      });
    }
  });
}

/** A string is printed bare but written with quotes in a comment. @param {string} text */
function unquote(text) {
  return text.replace(/^'(.*)'$/, '$1');
}
