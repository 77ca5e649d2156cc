/** Names a process so that it can be told, later and from another one, whether it is still there. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';

export interface ProcessMark {
  readonly host: string;
  /** Which start of the machine this was; empty where that is not to be had. */
  readonly boot: string;
  readonly pid: number;
  /** When the process began: clock ticks since the machine started on Linux, else epoch milliseconds. */
  readonly started: number;
}

/** `ps` says when a process began in whole seconds, and the clock may have been set a little since. */
const START_TOLERANCE_MS = 5000;

/** The mark of this process. */
export function ownMark(): ProcessMark {
  const { pid } = process;
  const started = ticksAtStart(pid) ?? Math.round(Date.now() - process.uptime() * 1000);
  return { host: encodeURIComponent(hostname()), boot: bootId(), pid, started };
}

/** Whether it is certain that the process has ended. What another machine runs nobody here can say. */
export async function isGone(mark: ProcessMark): Promise<boolean> {
  if (mark.host !== encodeURIComponent(hostname())) return false;
  if (mark.boot !== bootId()) return true;
  if (!isAlive(mark.pid) || 'ZX'.includes(fieldOf(mark.pid, 3) ?? '-')) return true;
  // Another may have been given its number since.
  if (mark.boot !== '') {
    const started = ticksAtStart(mark.pid);
    return started !== undefined && started !== mark.started;
  }
  const started = await startOf(mark.pid);
  return started !== undefined && Math.abs(started - mark.started) > START_TOLERANCE_MS;
}

/** Whether there is a process with this number: maybe not the one that was meant. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH'; // It may be another user's.
  }
}

function bootId(): string {
  return readText('/proc/sys/kernel/random/boot_id') ?? '';
}

function ticksAtStart(pid: number): number | undefined {
  const field = fieldOf(pid, 22);
  return field === undefined ? undefined : Number(field);
}

/** A field of what Linux says of a process (`man proc`), after the second: that is its name, which may hold anything. */
function fieldOf(pid: number, number: number): string | undefined {
  const text = readText(`/proc/${pid}/stat`);
  return text?.slice(text.lastIndexOf(')') + 2).split(' ')[number - 3];
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'latin1').trim();
  } catch {
    return undefined; // Not Linux, or no such process.
  }
}

/** Epoch milliseconds, from `ps`, which every Unix has; undefined when it does not say. */
export function startOf(pid: number): Promise<number | undefined> {
  const env = { ...process.env, LC_ALL: 'C', TZ: 'UTC' };
  return new Promise((resolve) => {
    execFile('ps', ['-o', 'lstart=', '-p', String(pid)], { env }, (_, stdout) => {
      const started = Date.parse(`${stdout.trim()} UTC`);
      resolve(Number.isNaN(started) ? undefined : started);
    });
  });
}
