/** Builds `dist/*.cjs`, the scripts that boards run, and fails when one is too large or breaks a rule of lint.mjs. */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { bundleAll } from './bundle.mjs';
import { lint } from './lint.mjs';

/** Bytes: none may grow. 8,192 are the most that the core may ever have; it is meant to come to 6,144. */
const MAX_BYTES = {
  device: 8_192,
  crc32: 190,
  utf8: 260,
  summary: 1_550,
  large: 2_215,
  data: 3_010,
  msgpack: 2_640,
  index: 1_056,
  increment: 260,
  upkeep: 255,
};

const folder = fileURLToPath(new URL('../dist/', import.meta.url));
mkdirSync(folder, { recursive: true });
// Of the scripts tsdown is to give the types only, but leaves the code that they share.
for (const file of readdirSync(folder)) if (file.endsWith('.cjs')) rmSync(`${folder}${file}`);
const readable = await bundleAll({ minify: false });
const scripts = await bundleAll();
/** @type {string[]} */
const problems = [];
let sum = 0;
for (const [name, script] of Object.entries(scripts)) {
  const most = MAX_BYTES[/** @type {keyof typeof MAX_BYTES} */ (name)];
  for (const problem of [...lint(readable[name] ?? ''), ...lint(script)])
    problems.push(`${name}: ${problem}`);
  if (script.length > most)
    problems.push(`${name}: ${script.length} bytes, ${most} are the most it may have`);
  const file = name === 'device' ? 'device.cjs' : `device-${name}.cjs`;
  writeFileSync(`${folder}${file}`, script);
  process.stdout.write(`dist/${file}: ${script.length} bytes\n`);
  sum += script.length;
}
process.stdout.write(`${sum} bytes in all\n`);
for (const problem of problems) process.stderr.write(`${problem}\n`);
if (problems.length > 0) process.exit(1);
