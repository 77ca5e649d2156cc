/** `npm run bench`: measures isokv against its peers and prints one table. See README.md. */
import { writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { parseArgs } from 'node:util';
import { run } from '../scripts/setup.mjs';
import { formatSelfTimes } from './profile.mjs';
import { runScenario } from './run.mjs';
import { scenarios } from './scenarios/index.mjs';
import { formatTable, rowsOf } from './table.mjs';
import { temporaryFolder } from './temporary.mjs';

const usage = `npm run bench -- [options]

  --only <text>    scenarios whose name has this text in it; may be given several times
  --quick          a hundredth of the entries and two rounds: to see that it runs, not how fast
  --json <file>    also write every measurement to this file
  --folder <path>  where to make the temporary folder: the disk that is measured
  --profile        also print in which functions isokv spent its time
`;

const { values: options } = parseArgs({
  options: {
    only: { type: 'string', multiple: true },
    quick: { type: 'boolean', default: false },
    json: { type: 'string' },
    folder: { type: 'string', default: tmpdir() },
    profile: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

const chosen = scenarios.filter(({ name }) => options.only?.some((text) => name.includes(text)) ?? true);
if (options.help || chosen.length === 0) {
  console.log(`${usage}\nScenarios: ${scenarios.map(({ name }) => name).join(', ')}`);
  process.exit(options.help ? 0 : 1);
}

console.error('build');
const built = await run('turbo run build --output-logs=errors-only', 'pipe');
if (built.code !== 0) {
  console.error(built.output);
  process.exit(1);
}

const folder = temporaryFolder(options.folder);
/** @type {import('./table.mjs').Row[]} */
const rows = [];
/** @type {Record<string, import('./run.mjs').Results['rounds']>} */
const measurements = {};
/** @type {string[]} */
const profiles = [];

for (const [index, scenario] of chosen.entries()) {
  const progress = (/** @type {string} */ text) =>
    console.error(`[${index + 1}/${chosen.length}] ${scenario.name}: ${text}`);
  try {
    const { rounds, selfTimes } = await runScenario(scenario, {
      folder,
      quick: options.quick,
      profile: options.profile,
      progress,
    });
    measurements[scenario.name] = rounds;
    rows.push(...rowsOf(scenario, rounds));
    if (options.profile) profiles.push(`${scenario.name}\n${formatSelfTimes(selfTimes)}`);
  } catch (error) {
    // One scenario that cannot be run does not take the others with it.
    progress(`FAILED: ${error instanceof Error ? error.message : error}`);
    process.exitCode = 1;
  }
}

if (options.quick) console.log('--quick: too small and too short for the figures to mean anything.\n');
console.log(formatTable(rows));
if (profiles.length > 0) console.log(`\nSelf time of isokv\n\n${profiles.join('\n\n')}`);
if (options.json) {
  const machine = { node: process.version, processor: cpus()[0]?.model, processors: cpus().length };
  writeFileSync(options.json, JSON.stringify({ quick: options.quick, machine, rows, measurements }, null, 2));
}
