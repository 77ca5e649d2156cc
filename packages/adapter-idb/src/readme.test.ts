import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

test('the README shows the React form that the tests render', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const form = readFileSync(new URL('./testing/settings-form.tsx', import.meta.url), 'utf8');
  const shown = /```tsx\n([\s\S]*?)```/.exec(readme)?.[1];
  expect(shown).toBe(form.replace(/^\/\*\*.*\*\/\n/, '').replaceAll('export ', ''));
});
