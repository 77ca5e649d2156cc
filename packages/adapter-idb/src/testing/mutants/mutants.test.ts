/**
 * The kill list: every planted bug makes the test fail that is there for it. By itself:
 *
 *     npx vitest run --project adapter-idb src/testing/mutants
 */
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createVitest, type Vitest } from 'vitest/node';
import { MUTANTS, type Mutant } from './mutants.ts';

const SRC = fileURLToPath(new URL('../../', import.meta.url));
const conditions = ['@isokv/source'];

let vitest: Vitest;
/** What the sources have that are loaded next. */
let planted: Mutant | undefined;

const plant = {
  name: 'plant',
  enforce: 'pre' as const,
  transform(source: string, id: string) {
    if (!planted || id !== SRC + planted.file) return undefined;
    const { file, find, put } = planted;
    if (source.split(find).length !== 2) throw new Error(`${file} does not have "${find}" once`);
    return source.replace(find, () => put);
  },
};

beforeAll(async () => {
  vitest = await createVitest(
    'test',
    { config: false, root: SRC, watch: false, reporters: [{}], include: ['*.test.ts'], testTimeout: 3000 },
    { resolve: { conditions }, ssr: { resolve: { conditions } }, plugins: [plant] },
  );
  await vitest.standalone();
});

afterAll(() => vitest.close());

/** How the test ends that is to notice a bug: of one that is not there, or not under this name alone, not as one. */
async function outcomes(mutant: Mutant, isPlanted: boolean): Promise<string[]> {
  planted = isPlanted ? mutant : undefined;
  vitest.invalidateFile(SRC + mutant.file);
  vitest.setGlobalTestNamePattern(new RegExp(`^${mutant.named}`));
  const specification = vitest.getRootProject().createSpecification(`${SRC}${mutant.test}.test.ts`);
  const { testModules } = await vitest.runTestSpecifications([specification]);
  vitest.invalidateFile(SRC + mutant.file);
  const module = testModules.find(({ moduleId }) => moduleId === specification.moduleId);
  expect(module?.errors()).toEqual([]); // What does not load notices nothing.
  const states = [...(module?.children.allTests() ?? [])].map((each) => each.result().state);
  return states.filter((state) => state !== 'skipped');
}

test('where there is no bug none is noticed', async () => {
  expect(await outcomes(MUTANTS[0] as Mutant, false)).toEqual(['passed']);
});

test.each(MUTANTS.map((mutant) => [mutant.name, mutant] as const))('it is noticed: %s', async (_, mutant) => {
  expect(await outcomes(mutant, true)).toEqual(['failed']);
});
