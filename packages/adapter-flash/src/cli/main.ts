#!/usr/bin/env node
/** `isokv-flash`: see usage.ts. */
import { constants } from 'node:os';
import { removeUnfinished } from './output-file.ts';
import { run } from './run.ts';

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    removeUnfinished();
    process.exit(128 + constants.signals[signal]);
  });
}

// Who reads the output may have enough of it.
process.stdout.once('error', ({ code }: NodeJS.ErrnoException) => process.exit(code === 'EPIPE' ? 0 : 3));

process.exitCode = await run(process.argv.slice(2), {
  out: (content) => void process.stdout.write(content),
  error: (text) => void process.stderr.write(text),
  isTerminal: process.stderr.isTTY === true,
});
