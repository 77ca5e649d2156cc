/**
 * Takes a lock again and again, and looks each time whether it is alone: `<kind> <folder> <sections> <die after>`.
 * The journal gets a byte for each section; it ends when that has so many. Who dies does so while it holds the lock.
 */
import { appendFileSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isHeld } from '../../lock/file-lock.ts';
import { linkLock } from '../../lock/link-lock.ts';
import { machineLock } from '../../lock/machine-lock.ts';

const [kind, folder = '', sections, dieAfter] = process.argv.slice(2);
const lock = kind === 'link' ? linkLock : machineLock;
const journal = join(folder, 'journal');
const inside = join(folder, 'inside');
const report = (line: string): void => appendFileSync(join(folder, 'report'), `${line}\n`);

for (let count = 0; statSync(journal).size < Number(sections); ) {
  const held = await lock(join(folder, 'store'), folder);
  if (isHeld(held)) {
    await new Promise((resolve) => setTimeout(resolve, 1));
    continue;
  }
  const [before, since] = readFileSync(inside, 'latin1').split(' ');
  if (before && isRunning(Number(before))) report(`overlap ${before}`);
  else if (before) report(`takeover ${Date.now() - Number(since)}`);
  writeFileSync(inside, `${process.pid} ${Date.now()}`);
  appendFileSync(journal, '.');
  if (++count >= Number(dieAfter)) process.kill(process.pid, 'SIGKILL');
  if (!readFileSync(inside, 'latin1').startsWith(`${process.pid} `)) report(`overlap with ${process.pid}`);
  writeFileSync(inside, '');
  await held.release();
  await new Promise((resolve) => setImmediate(resolve));
}

/** Set in the flags of a process that is being ended and runs no more: the kernel still has to clear it away. */
const PF_EXITING = 4;

/** A process that was killed is still listed for a while, and must not be taken for one that is in a section. */
function isRunning(pid: number): boolean {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return !'ZX'.includes(fields[0] as string) && (Number(fields[6]) & PF_EXITING) === 0;
  } catch {
    return false;
  }
}
