import { readdirSync } from 'node:fs';
import { defineConfig } from 'vitest/config';

// Tests run on the sources, so they need no build.
const conditions = ['@isokv/source'];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    projects: [
      ...readdirSync('packages').map((name) => ({
        extends: true as const,
        test: {
          name,
          root: `packages/${name}`,
          include: ['src/**/*.test.ts'],
          exclude: ['**/*.type.test.ts'], // tsc checks those
        },
      })),
      // These run what is built, as users do: `npm test` builds first.
      ...['bench', 'e2e', 'tour'].map((name) => ({
        extends: true as const,
        test: { name, root: name, include: ['**/*.test.mjs'], testTimeout: 300_000 },
      })),
    ],
    coverage: {
      include: ['packages/*/src/**/*.ts'],
      exclude: ['**/*.test.ts', '**/*.d.ts'],
    },
  },
});
