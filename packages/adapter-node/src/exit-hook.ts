/**
 * The end of a process: one listener for all stores, there while a store is open for writing. Of a signal that
 * would end the process nobody else is told; then it is this that writes what is left, and the signal comes again.
 * Whoever listens to a signal decides what becomes of it.
 */
import { writeSync } from 'node:fs';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

const listeners = new Set<() => void>();

/** Calls back when the process ends, and must do without waiting what is to be done. @returns a function that ends it */
export function onExit(listener: () => void): () => void {
  const own = (): void => listener();
  if (listeners.size === 0) install();
  listeners.add(own);
  return () => {
    if (listeners.delete(own) && listeners.size === 0) uninstall();
  };
}

function install(): void {
  process.on('exit', tell);
  for (const signal of SIGNALS) process.on(signal, endBy);
}

function uninstall(): void {
  process.off('exit', tell);
  for (const signal of SIGNALS) process.off(signal, endBy);
}

/** Calls all, whatever one of them raises, and raises that then: what could not be written is not to go unsaid. */
function tell(): void {
  const errors: unknown[] = [];
  for (const listener of [...listeners]) {
    try {
      listener();
    } catch (error) {
      errors.push(error);
    }
  }
  if (errors.length > 0) throw errors[0];
}

function endBy(signal: NodeJS.Signals): void {
  if (process.listenerCount(signal) > 1) return;
  try {
    tell();
  } catch (error) {
    writeSync(2, `${error instanceof Error ? error.stack : error}\n`);
  }
  uninstall();
  process.kill(process.pid, signal);
}
