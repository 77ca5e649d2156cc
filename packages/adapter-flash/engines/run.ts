/** Runs scripts in the engines that a microcontroller's may be like: Duktape in 8 MB, QuickJS; MuJS checks syntax. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runInNewContext } from 'node:vm';
import { getQuickJS } from 'quickjs-emscripten';
import { bundle, bundleAll } from '../scripts/bundle.mjs';

export interface Engine {
  readonly name: string;
  /** @returns the lines that the script printed with `print`. @throws what the script throws */
  run(script: string): string[];
}

const node: Engine = {
  name: 'Node',
  run(script) {
    const lines: string[] = [];
    runInNewContext(script, { print: (line: unknown) => void lines.push(String(line)) });
    return lines;
  },
};

const duktape: Engine = {
  name: 'Duktape, in 8,000 KiB of address space',
  run: (script) => runProgram('sh', ['-c', 'ulimit -v 8000; exec duk --run-stdin'], script),
};

const quickjs = await getQuickJS();

const quickJs: Engine = {
  name: 'QuickJS',
  run(script) {
    const lines: string[] = [];
    const vm = quickjs.newContext();
    try {
      const print = vm.newFunction('print', (line) => void lines.push(vm.getString(line)));
      vm.setProp(vm.global, 'print', print);
      print.dispose();
      vm.unwrapResult(vm.evalCode(script)).dispose();
      return lines;
    } finally {
      vm.dispose();
    }
  },
};

/** The programs of the system that tests need: without them a test has less to show. */
export const MISSING: readonly string[] = ['duk', 'mujs'].filter(
  (name) => spawnSync('sh', ['-c', `command -v ${name}`]).status !== 0,
);

/** Those that this machine has. */
export const ENGINES: readonly Engine[] = [node, quickJs, ...(MISSING.includes('duk') ? [] : [duktape])];

/** Has MuJS, which knows ES5 and nothing more, read a script without running it. @throws what it finds wrong */
export function checkSyntax(script: string): void {
  if (MISSING.includes('mujs')) return;
  const folder = mkdtempSync(join(tmpdir(), 'isokv-'));
  try {
    // It reads files only: what it is piped it takes line by line.
    writeFileSync(join(folder, 'script.js'), `(function () {\n${script}\n});`);
    runProgram('mujs', [join(folder, 'script.js')], '');
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A program of `programs/`, as one script. */
export function bundleProgram(name: string): Promise<string> {
  return bundle(fileURLToPath(new URL(`programs/${name}.ts`, import.meta.url)));
}

/** The scripts that boards load, as one that leaves `open` in `exports`. */
export async function deviceBundle(): Promise<string> {
  const { device, ...added } = await bundleAll();
  const loads = Object.values(added).map(
    (script) => `(function (isokv, exports) {${script}exports.addTo(isokv);})(exports, {});`,
  );
  return [device, ...loads].join('\n');
}

function runProgram(command: string, args: string[], input: string): string[] {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    input,
    encoding: 'utf8',
    maxBuffer: 1e8,
    timeout: 120_000,
  });
  if (error) throw error;
  if (status !== 0) throw new Error(`${command} ended with ${status}: ${stderr}${stdout}`);
  return stdout.split('\n').slice(0, -1);
}
