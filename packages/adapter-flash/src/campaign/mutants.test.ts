/** The kill list: every planted bug is noticed, by the campaign or by the sweep of changed bytes. */
import { afterAll, describe, expect, it } from 'vitest';
import { open } from '../../test/whole.ts';
import { simulatedFlash } from '../testing/simulated-flash.ts';
import { runTrial, trialOf } from './campaign.ts';
import { MUTANTS } from './mutants.ts';
import { planted } from './planted.ts';

type Open = typeof open;

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
      const engine = await planted<{ open: Open }>('../../test/whole.ts', mutant);
      const death = deathOf(engine.open);
      table.push(`${mutant.name.padEnd(84)}${String(death?.cuts).padStart(7)} cuts  ${death?.by}`);
      expect(death).toBeDefined();
    },
    300_000,
  );

  afterAll(() => {
    process.stdout.write(`${table.join('\n')}\n`);
  });
});
