/** The work that is measured, the same for every engine. */
import type { Engine, Entry } from './engine.ts';

export interface Workload {
  readonly title: string;
  /** What one operation is. */
  readonly unit: string;
  readonly about: string;
  /** How many operations one `run` is. */
  readonly operations: number;
  run(engine: Engine): Promise<void>;
}

/** How many entries, unless the address says `?entries=…`. */
const COUNT = Number(new URLSearchParams(location.search).get('entries') ?? 2000);
/** Half of them have it. */
const PREFIX = 'even-';

const entries: readonly Entry[] = Array.from({ length: COUNT }, (_, id) => [
  `${id % 2 === 0 ? PREFIX : 'odd-'}${String(id).padStart(5, '0')}`,
  { id, name: `Somebody number ${id}`, score: id / 7, tags: ['red', 'green'] },
]);
const found = entries.filter(([key]) => key.startsWith(PREFIX)).length;
const some = entries.filter((_, index) => index % 40 === 0);
const together = entries.slice(0, 64);

export const workloads: readonly Workload[] = [
  {
    title: `${COUNT.toLocaleString('en')} entries at once`,
    unit: 'an entry',
    about: 'in one call where there is one',
    operations: COUNT,
    async run(engine) {
      await engine.setAll(entries);
    },
  },
  {
    title: `${some.length} sets, one after another`,
    unit: 'a set',
    about: 'each is awaited before the next begins',
    operations: some.length,
    async run(engine) {
      for (const [key, value] of some) await engine.set(key, value);
    },
  },
  {
    title: `${together.length} sets at the same moment`,
    unit: 'a set',
    about: 'begun together, awaited together',
    operations: together.length,
    async run(engine) {
      await Promise.all(together.map(([key, value]) => engine.set(key, value)));
    },
  },
  {
    title: `${COUNT.toLocaleString('en')} gets`,
    unit: 'a get',
    about: 'one after another, awaited where they are promises',
    operations: COUNT,
    async run(engine) {
      for (const [key, { id }] of entries) {
        const answer = engine.get(key);
        const value = answer instanceof Promise ? await answer : answer;
        if (value?.id !== id) throw new Error(`${engine.name} has lost ${key}`);
      }
    },
  },
  {
    title: `The ${found.toLocaleString('en')} of ${COUNT.toLocaleString('en')} with a prefix`,
    unit: 'a search',
    about: 'with a range where there are ranges, else all of them filtered',
    operations: 1,
    async run(engine) {
      const values = await engine.startingWith(PREFIX);
      if (values.length !== found) throw new Error(`${engine.name} found ${values.length}, not ${found}`);
    },
  },
];
