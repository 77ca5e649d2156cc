/** Runs cases in as many processes as there are cores. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import type { Outcome } from './worker.ts';

/** A change made to a source as it is loaded. `find` must be there exactly once. */
export interface Patch {
  /** From the root of the workspace. */
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

export interface CasesOptions {
  /** The first seed; each case takes the next. */
  readonly seed: number;
  readonly patches?: readonly Patch[];
  /** Default: as many as there are cores. */
  readonly processes?: number;
  /** Told of each case that has ended. @returns whether another is to be begun */
  onOutcome(outcome: Outcome): boolean;
}

const LOADER = new URL('../../../../../scripts/typescript.mjs', import.meta.url);
const PREALLOCATION = 'packages/adapter-node/src/preallocation.ts';

/** Space is preallocated in small steps: there are more edges to crash at, and fewer zeros to read. */
const SMALL_STEPS: readonly Patch[] = [
  { file: PREALLOCATION, find: 'const STEP_APPENDS = 256;', replace: 'const STEP_APPENDS = 8;' },
  {
    file: PREALLOCATION,
    find: 'const STEP_BYTES_LEAST = 256 * 1024;',
    replace: 'const STEP_BYTES_LEAST = 2048;',
  },
];

/** A case that takes as long has come to a standstill. */
const STANDSTILL_MS = 600_000;

/** Resolves when `onOutcome` has had enough, and the cases under way have ended. */
export async function runCases({
  seed: first,
  patches = [],
  processes,
  onOutcome,
}: CasesOptions): Promise<void> {
  let seed = first;
  let goesOn = true;
  const run = async (): Promise<void> => {
    const child = fork(new URL('worker.ts', import.meta.url), {
      execArgv: ['--import', LOADER.href, '--conditions=@isokv/source'],
      env: { ...process.env, ISOKV_PATCHES: JSON.stringify([...SMALL_STEPS, ...patches]) },
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    let said = '';
    child.stderr?.on('data', (text) => {
      said += text;
    });
    let current: number | undefined;
    let watchdog: NodeJS.Timeout | undefined;
    const begin = (): void => {
      current = seed++;
      child.send(current);
      watchdog = setTimeout(() => child.kill('SIGKILL'), STANDSTILL_MS);
    };
    child.on('message', (outcome: Outcome) => {
      clearTimeout(watchdog);
      current = undefined;
      goesOn = onOutcome(outcome) && goesOn;
      if (goesOn) begin();
      else child.disconnect();
    });
    begin();
    const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
    clearTimeout(watchdog);
    if (current === undefined) return;
    goesOn = false;
    const how = signal === 'SIGKILL' ? 'came to a standstill' : `ended its process (${signal ?? code})`;
    onOutcome({ seed: current, failure: `it ${how}\n${said.trim()}` });
  };
  await Promise.all(Array.from({ length: processes ?? availableParallelism() }, run));
}
