import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const examples = new URL('./testing/readme/', import.meta.url);

test('the README shows the examples that the tests run, whole and as they are, and no other', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const names = readdirSync(examples);
  expect(names.length).toBeGreaterThan(0);
  for (const name of names) {
    const example = readFileSync(new URL(name, examples), 'utf8');
    expect(readme).toContain(`\`\`\`${name.split('.').at(-1)}\n${example}\`\`\`\n`);
  }
  expect(readme.match(/^```\w/gm)).toHaveLength(names.length);
});
