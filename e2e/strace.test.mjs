/**
 * Every call that the writing process makes to the file system fails once, in every way: with EIO, with ENOSPC, by a sync
 * that only says that it has synced, by a write that is short, by the end of the process. Calls are counted in each of
 * its threads, so that two may fail.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { inPairs, judge, run } from './durability/processes.mjs';

const hasStrace = spawnSync('strace', ['-V']).status === 0;
const isRequired = process.env['CI'] !== undefined;
if (!hasStrace && !isRequired)
  process.stdout.write('NOT RUN: the fault matrix needs strace, which is not installed\n');

const folder = mkdtempSync(join(tmpdir(), 'isokv-strace-'));
afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));

const COMMITS = 49;
const WRITES = ['pwrite64', 'pwritev'];
const SYNCS = ['fsync', 'fdatasync'];
const OTHERS = ['ftruncate', 'rename', 'unlink'];
const CALLS = [...WRITES, ...SYNCS, ...OTHERS];

/** How a call fails, in the words of strace. @param {string} call */
function faultsOf(call) {
  const faults = ['error=EIO', 'error=ENOSPC', 'signal=KILL'];
  return SYNCS.includes(call) ? [...faults, 'retval=0'] : faults;
}

/** @param {'strict' | 'relaxed'} durability @param {string} path */
async function callsOf(durability, path) {
  const log = `${path}.strace`;
  const under = ['strace', '-f', '-o', log, '-e', `trace=${CALLS}`];
  const result = await run(path, { durability, commits: COMMITS, under });
  expect(result).toMatchObject({ closed: true, code: 0 });
  const lines = readFileSync(log, 'utf8').split('\n');
  return CALLS.map((call) => ({ call, count: lines.filter((line) => line.includes(` ${call}(`)).length }));
}

test.runIf(hasStrace || isRequired)(
  'whatever call fails, nothing acknowledged is lost, and no commit is halved',
  async () => {
    /** @type {{ durability: 'strict' | 'relaxed', call: string, index: number, fault: string }[]} */
    const cases = [];
    for (const durability of /** @type {const} */ (['strict', 'relaxed'])) {
      for (const { call, count } of await callsOf(durability, join(folder, durability))) {
        if (call !== 'pwritev' && !(call === 'fdatasync' && durability === 'relaxed'))
          expect(count, call).toBeGreaterThan(0);
        for (let index = 1; index <= count; index++) {
          for (const fault of faultsOf(call)) cases.push({ durability, call, index, fault });
        }
      }
    }
    const outcomes = { killed: 0, told: 0, gotOver: 0, notReached: 0 };
    await inPairs(cases, async ({ durability, call, index, fault }, number) => {
      const path = join(folder, String(number));
      const under = ['strace', '-f', '-o', '/dev/null', '-e', `trace=${call}`];
      under.push('-e', `inject=${call}:${fault}:when=${index}`);
      const result = await run(path, { durability, commits: COMMITS, under });
      const which = `${durability}, ${call} ${index}, ${fault}: ${result.complaint}`;
      // It is killed, or told of the failure, or has got over it; or it has made fewer calls this time.
      const isKill = fault === 'signal=KILL';
      if (isKill && !result.closed) expect(result.code, which).not.toBe(0);
      else if (!result.closed) expect(result.complaint, which).toMatch(/code: 'IO'/);
      const outcome = result.closed ? (isKill ? 'notReached' : 'gotOver') : isKill ? 'killed' : 'told';
      outcomes[outcome]++;
      expect(await judge(path, result.acknowledged), which).toBeUndefined();
      rmSync(path);
    });
    process.stdout.write(`${cases.length} faults: ${JSON.stringify(outcomes)}, 0 commits lost\n`);
    expect(cases.length - outcomes.notReached).toBeGreaterThanOrEqual(300);
  },
);

test('wherever the system allows a file no more bytes, and takes a part of a write', async () => {
  const whole = join(folder, 'whole');
  await run(whole, { commits: COMMITS });
  const blocks = Math.ceil(statSync(whole).size / 512) + 4;
  /** @type {number[]} */
  const limits = [];
  for (let limit = 8; limit <= blocks; limit += Math.ceil(blocks / 40)) limits.push(limit);
  expect(limits.length).toBeGreaterThan(4);
  await inPairs(limits, async (limit) => {
    const path = join(folder, `limit ${limit}`);
    const under = ['sh', '-c', `ulimit -f ${limit}; exec "$@"`, 'sh'];
    const result = await run(path, { commits: COMMITS, under });
    expect(await judge(path, result.acknowledged), `${limit}: ${result.complaint}`).toBeUndefined();
  });
});
