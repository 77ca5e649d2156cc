/** Backups that a store in a file makes of itself while it is written. */
import { resolve } from 'node:path';
import { IsokvError, type Log, type LogOpenOptions } from '@isokv/core';
import { backupFile } from './backup-file.ts';
import type { FileSystem } from './file-system.ts';
import { codeOf, wrapping } from './io-error.ts';

export interface BackupsOptions {
  /** How many there are to be: the last at `path`, those before it at `<path>.1`, `<path>.2`, …. Default: 1. */
  readonly keep?: number;
  /** The least time between two of them in milliseconds, above 0 and below 2^31. Default: an hour. */
  readonly everyMs?: number;
  /** Where the last one is. Default: `<path of the store>.backup`. */
  readonly path?: string;
}

const NAMES = ['keep', 'everyMs', 'path'];
const HOUR_MS = 3_600_000;
const MAX_DELAY_MS = 2 ** 31 - 1;

/**
 * The log, of which a backup is made when it is written to and the last one is old enough. Failures are reported,
 * and the next one is tried when it would be due.
 * @throws INVALID_OPTION
 */
export function withBackups(log: Log, path: string, options: BackupsOptions, fs: FileSystem): Log {
  checkBackups(path, options);
  const { keep = 1, everyMs = HOUR_MS } = options;
  const target = resolve(options.path ?? `${path}.backup`);
  let schedule: Schedule | undefined;
  /** What was refused is in memory all the same, and comes to the log with the next replacement. */
  let refused = false;
  const { appendSync, onExit } = log;
  return {
    capabilities: log.capabilities,
    get mustReplace() {
      return log.mustReplace === true;
    },
    async open(given) {
      await log.open(given);
      const { readOnly, backup, report } = given;
      if (readOnly || !backup) return;
      schedule = new Schedule({
        everyMs,
        lastMade: () => lastMade(fs, target),
        make: () => backupFile({ backup }, target, { keep, fs }),
        report: report ?? (() => undefined),
      });
    },
    read: (after) => log.read(after),
    async append(commits, given) {
      schedule?.changed();
      refused = true;
      const end = await log.append(commits, given);
      refused = false;
      return end;
    },
    async replace(items, given) {
      if (refused) schedule?.changed();
      const end = await log.replace(items, given);
      refused = false;
      return end;
    },
    ...(appendSync && {
      appendSync(commits, given) {
        schedule?.changed();
        return appendSync.call(log, commits, given);
      },
    }),
    ...(onExit && { onExit: (listener) => onExit.call(log, listener) }),
    async close() {
      await schedule?.end();
      schedule = undefined;
      await log.close();
    },
    destroy: () => log.destroy(),
  };
}

interface Task {
  readonly everyMs: number;
  /** Epoch milliseconds; undefined when it is not known that there is one. */
  readonly lastMade: () => Promise<number | undefined>;
  readonly make: () => Promise<void>;
  readonly report: NonNullable<LogOpenOptions['report']>;
}

/** When there is to be a backup: not before `everyMs` after the last, and only of what has changed since. */
class Schedule {
  readonly #task: Task;
  /** Epoch milliseconds: of the last attempt. */
  #madeAt: number | undefined;
  #changed = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #running: Promise<void> | undefined;
  #ended = false;

  constructor(task: Task) {
    this.#task = task;
  }

  changed(): void {
    if (this.#changed) return;
    this.#changed = true;
    this.#go();
  }

  /** Lets what is under way come to its end, and begins nothing more. */
  async end(): Promise<void> {
    this.#ended = true;
    clearTimeout(this.#timer);
    await this.#running;
  }

  #go(): void {
    if (this.#ended || this.#running || !this.#changed) return;
    clearTimeout(this.#timer);
    const waitMs = this.#waitMs();
    if (waitMs === 0) {
      this.#running = this.#run().finally(() => {
        this.#running = undefined;
        this.#go();
      });
    } else {
      this.#timer = setTimeout(() => this.#go(), waitMs);
      this.#timer.unref();
    }
  }

  #waitMs(): number {
    if (this.#madeAt === undefined) return 0;
    // Never longer than one period, whatever becomes of the clock.
    return Math.max(0, Math.min(this.#task.everyMs, this.#madeAt + this.#task.everyMs - Date.now()));
  }

  async #run(): Promise<void> {
    const { lastMade, make, report } = this.#task;
    try {
      this.#madeAt ??= await lastMade();
      if (this.#ended || this.#waitMs() > 0) return;
      this.#changed = false;
      await make();
    } catch (error) {
      this.#changed = true;
      report(error);
    }
    this.#madeAt = Date.now();
  }
}

async function lastMade(fs: FileSystem, path: string): Promise<number | undefined> {
  return wrapping('find', path, () =>
    fs.stat(path).then(
      ({ modifiedMs }) => modifiedMs,
      (error) => {
        if (codeOf(error) === 'ENOENT') return undefined;
        throw error;
      },
    ),
  );
}

function checkBackups(path: string, options: BackupsOptions): void {
  const { keep = 1, everyMs = HOUR_MS } = options;
  for (const name of Object.keys(options))
    if (!NAMES.includes(name)) refuse(`there is no option backups.${name}`);
  if (!Number.isSafeInteger(keep) || keep < 1) refuse('backups.keep is how many there are to be: 1 or more');
  if (typeof everyMs !== 'number' || !(everyMs > 0 && everyMs <= MAX_DELAY_MS))
    refuse(`backups.everyMs is from above 0 to ${MAX_DELAY_MS} milliseconds`);
  if (options.path === undefined) return;
  if (typeof options.path !== 'string' || options.path === '' || options.path.includes('\0'))
    refuse('backups.path is the path of a file: a string, not empty, without NUL');
  if (resolve(options.path) === resolve(path))
    refuse('backups.path is that of the store itself: give another');
}

function refuse(why: string): never {
  throw new IsokvError('INVALID_OPTION', why);
}
