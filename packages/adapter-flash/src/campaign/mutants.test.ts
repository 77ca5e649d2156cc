/** The kill list: every planted bug is noticed, by the campaign or by the sweep of changed bytes. */
import { readFileSync } from 'node:fs';
import { build } from 'esbuild';
import { afterAll, describe, expect, it } from 'vitest';
import { open } from '../../test/whole.ts';
import { simulatedFlash } from '../testing/simulated-flash.ts';
import { runTrial, trialOf } from './campaign.ts';
import { MUTANTS, type Mutant } from './mutants.ts';

type Open = typeof open;

const folder = new URL('../device/', import.meta.url);

/** The engine with a bug planted. Fails when what is to be changed is not there, or not once. */
async function planted({ file, find, put }: Mutant): Promise<Open> {
  const { outputFiles } = await build({
    entryPoints: [new URL('../../test/whole.ts', folder).pathname],
    bundle: true,
    format: 'cjs',
    write: false,
    logLevel: 'silent',
    plugins: [
      {
        name: 'plant',
        setup(plugin) {
          plugin.onLoad({ filter: new RegExp(`/device/${file.replace('.', '\\.')}$`) }, ({ path }) => {
            const source = readFileSync(path, 'utf8');
            expect(source.split(find).length, `${file} has "${find}" once`).toBe(2);
            return { contents: source.replace(find, () => put), loader: 'ts' };
          });
        },
      },
    ],
  });
  const module = { exports: {} as { open: Open } };
  new Function('module', 'exports', outputFiles[0]?.text ?? '')(module, module.exports);
  return module.exports.open;
}

/** Changes bytes of a flash one at a time: no value may come back wrong, but for the last one written. */
function sweep(openStore: Open): string | undefined {
  const flash = simulatedFlash({ pageSize: 512, pageCount: 4, programUnit: 4 });
  const store = openStore(flash);
  for (let i = 0; i < 8; i++) store.set(`old ${i}`, i);
  for (let i = 0; i < 34; i++) store.set(`k${i % 5}`, i);
  const values = store.keys().map((key) => [key, store.get(key)] as const);
  let wrong = 0;
  for (let at = 0; at < flash.bytes.length; at++) {
    const image = flash.copy();
    (image.bytes[at] as number) ^= 0x10;
    try {
      const changed = openStore(image);
      if (values.some(([key, value]) => changed.get(key) !== value)) wrong++;
    } catch (error) {
      if ((error as { code?: string }).code !== 'CORRUPT') return `byte ${at}: ${(error as Error).message}`;
    }
  }
  // The last record of all has 16 bytes.
  return wrong > 16 ? `${wrong} bytes that change what is read` : undefined;
}

interface Death {
  readonly by: string;
  readonly cuts: number;
}

/** What notices a bug first, and after how many cuts. */
function deathOf(openStore: Open): Death | undefined {
  const swept = sweep(openStore);
  if (swept) return { by: `sweep: ${swept}`, cuts: 0 };
  let cuts = 0;
  for (let seed = 0; seed < 120; seed++) {
    // Prime, so that all geometries and models come soon.
    const outcome = runTrial(trialOf((seed * 37) % 720), { openStore, stride: 19 });
    cuts += outcome.cuts;
    const [violation] = outcome.violations;
    if (violation) return { by: (violation.split('\n')[0] as string).slice(0, 110), cuts };
  }
  return undefined;
}

describe('a planted bug', () => {
  const table: string[] = [];

  it('is missed where there is none', () => {
    expect(sweep(open)).toBeUndefined();
  });

  it.each(MUTANTS)(
    'is noticed: $name',
    async (mutant) => {
      const death = deathOf(await planted(mutant));
      table.push(`${mutant.name.padEnd(84)}${String(death?.cuts).padStart(7)} cuts  ${death?.by}`);
      expect(death).toBeDefined();
    },
    300_000,
  );

  afterAll(() => {
    process.stdout.write(`${table.join('\n')}\n`);
  });
});
