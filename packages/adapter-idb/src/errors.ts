/** What the browser's own errors mean. */
import { IsokvError, type LogOpenOptions } from '@isokv/core';
import type { Environment } from './environment.ts';

export function unsupported(cause?: unknown): IsokvError {
  return new IsokvError(
    'UNSUPPORTED',
    'no IndexedDB here: this is no browser, or site data is blocked. Allow it, or give an onFallback',
    { cause },
  );
}

export function foreign(name: string, cause?: unknown): IsokvError {
  const message = `the database ${name} is not of isokv, or of a newer release: choose another name`;
  return new IsokvError('NOT_ISOKV', message, { cause });
}

export function blocked(by: string): IsokvError {
  return new IsokvError('BLOCKED', `another tab ${by}`);
}

/** @throws MISSING, EXISTS when the mode of an opening says that there must be a store, or must be none */
export function checkMode(mode: LogOpenOptions['mode'], isThere: boolean, where: string): void {
  if (mode === 'mustExist' && !isThere) throw new IsokvError('MISSING', `there is no store in ${where}`);
  if (mode === 'mustNotExist' && isThere)
    throw new IsokvError('EXISTS', `there is a store in ${where} already`);
}

/** The store was there, and is not any more, though nobody has destroyed it. */
export function evicted(name: string): IsokvError {
  return new IsokvError('EVICTED', `the browser has removed the database ${name}: it is written anew`);
}

export function nameOf(error: unknown): string | undefined {
  return (error as { name?: string } | null)?.name;
}

/** Whether another writer has come first. */
export function isConflict(error: unknown): boolean {
  return error instanceof IsokvError && error.code === 'LOG_CONFLICT';
}

/** Whether it says that there is no more space, or that this is too much at once: trying again does not help. */
function isRefusal(error: unknown): boolean {
  return nameOf(error) === 'QuotaExceededError' || isTooLarge(error);
}

/** Whether trying again would end in the same way. */
export function isFinal(error: unknown): boolean {
  return error instanceof IsokvError || nameOf(error) === 'ConstraintError' || isRefusal(error);
}

/** Of an error that is no QuotaExceededError. */
function isTooLarge(error: unknown): boolean {
  const name = nameOf(error);
  return (
    name === 'RangeError' ||
    name === 'DataCloneError' ||
    /too large/i.test(String((error as Error | null)?.message))
  );
}

/** An error of the medium, as one of ours. */
export async function mediumError(
  cause: unknown,
  name: string,
  environment: Environment,
): Promise<IsokvError> {
  if (cause instanceof IsokvError) return cause;
  if (nameOf(cause) === 'QuotaExceededError') {
    const { usage, quota } = await environment.estimate().catch(() => ({}) as StorageEstimate);
    const figures = usage === undefined ? '' : `: ${usage} of ${quota} bytes are in use`;
    return new IsokvError(
      'QUOTA',
      `no more space for the database ${name}${figures}; writes stay in memory until there is some`,
      { cause },
    );
  }
  if (isTooLarge(cause)) {
    return new IsokvError('TOO_LARGE', 'too much for the browser in one piece: write less at once', {
      cause,
    });
  }
  return new IsokvError('IO', `IndexedDB failed: ${(cause as Error | null)?.message ?? 'it was aborted'}`, {
    cause,
  });
}
