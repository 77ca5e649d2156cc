/** Runs a file of this folder in a process of its own: one file, with all it imports, for `node` to run. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'tsdown';

interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly output: string;
  readonly errors: string;
}

export interface Child {
  readonly process: ChildProcess;
  readonly ended: Promise<Ended>;
}

/** `remove` must be called in the end. */
export async function childrenOf(
  name: string,
): Promise<{ start: (...args: string[]) => Child; remove: () => void }> {
  const outDir = mkdtempSync(join(tmpdir(), 'isokv-child-'));
  await build({
    config: false,
    entry: [fileURLToPath(new URL(`${name}.ts`, import.meta.url))],
    outDir,
    dts: false,
    platform: 'node',
    logLevel: 'silent',
    deps: { alwaysBundle: [/./] },
    inputOptions: { resolve: { conditionNames: ['@isokv/source', 'import', 'node'] } },
  });
  const running = new Set<ChildProcess>();
  const start = (...args: string[]): Child => {
    const child = spawn(process.execPath, [join(outDir, `${name}.mjs`), ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    running.add(child);
    let output = '';
    let errors = '';
    child.stdout.on('data', (text) => {
      output += text;
    });
    child.stderr.on('data', (text) => {
      errors += text;
    });
    const ended = new Promise<Ended>((resolve) => {
      child.on('close', (code, signal) => {
        running.delete(child);
        resolve({ code, signal, output, errors });
      });
    });
    return { process: child, ended };
  };
  const remove = (): void => {
    for (const child of running) child.kill('SIGKILL');
    rmSync(outDir, { recursive: true, force: true });
  };
  return { start, remove };
}
