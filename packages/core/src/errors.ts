/**
 * Every error this package raises, each with a stable `code`. Messages say what to do next and may change;
 * codes do not. docs/ERRORS.md has a heading for each.
 */

/** A mistake in the caller's code: thrown synchronously, before anything changes. */
type UsageErrorCode =
  | 'ASYNC_TRANSACTION'
  | 'CLOSED'
  | 'CONFLICT'
  | 'DIRECTORY'
  | 'EXISTS'
  | 'INVALID_DATA'
  | 'INVALID_KEY'
  | 'INVALID_OPTION'
  | 'INVALID_RANGE'
  | 'INVALID_TTL'
  | 'INVALID_VALUE'
  | 'LIMIT'
  | 'MISSING'
  | 'NESTED_TRANSACTION'
  | 'NOT_A_FILE'
  | 'NOT_A_NUMBER'
  | 'NOT_FOUND'
  | 'PATH_TOO_LONG'
  | 'READ_ONLY'
  | 'SCHEMA'
  | 'TRANSACTION_ENDED'
  | 'UNSUPPORTED';

/** The medium did not do what was asked: rejects the promise of the write or of the open. */
type MediumErrorCode =
  | 'BLOCKED'
  | 'ENOSPC'
  | 'EVICTED'
  | 'EXTERNAL_CHANGE'
  | 'IO'
  | 'LOCKED'
  | 'LOG_CONFLICT'
  | 'PERMISSION'
  | 'QUOTA'
  | 'READ_ONLY_MEDIUM'
  | 'TIMEOUT'
  | 'TOO_LARGE';

/** The bytes are not what was written, or not ours, or need something this reader lacks. */
type DataErrorCode = 'CORRUPT' | 'NOT_ISOKV' | 'SEALED' | 'UNKNOWN_CODEC' | 'UNKNOWN_VERSION';

export type ErrorCode = UsageErrorCode | MediumErrorCode | DataErrorCode;

export interface ErrorDetails {
  /** What led to this error, such as the operating system's own error. */
  cause?: unknown;
  /** Where in the medium the damage is, in bytes from its start. */
  offset?: number | undefined;
  /** Which process holds a lock, where that is known. */
  pid?: number;
  /** All the damage, where more was looked for than the first. */
  damage?: readonly Damage[];
}

/** A piece of a medium that is not what was written, or is missing. */
export interface Damage {
  /** Where it begins, in bytes from the start of the medium. */
  readonly offset: number;
  /** How long it is, up to where reading goes on. */
  readonly bytes: number;
  readonly message: string;
}

/** The one error class of isokv: tell errors apart by `code`. */
export class IsokvError extends Error {
  readonly code: ErrorCode;
  /** For damage: where in the medium, in bytes from its start. */
  readonly offset: number | undefined;
  /** For LOCKED: the process that holds the lock, where that is known. */
  readonly pid: number | undefined;
  /** For damage that `verify()` found: all of it, in order. */
  readonly damage: readonly Damage[] | undefined;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details); // It takes the cause, as a property that is not shown twice.
    this.name = 'IsokvError';
    this.code = code;
    Object.assign(this, details); // What is not known is not shown, either.
  }

  /** Errors of another copy of this package are its own: a program has two when its parts need different versions. */
  static override [Symbol.hasInstance](error: unknown): boolean {
    // biome-ignore lint/complexity/noThisInStatic: of a class that is made of this one, it is that one.
    const isOurs = super[Symbol.hasInstance](error);
    // biome-ignore lint/complexity/noThisInStatic: as above.
    return isOurs || (this === IsokvError && (error as Error | undefined)?.name === 'IsokvError');
  }
}

/** Bytes that are not what was written. `offset` counts from the start of the medium where it is known. */
export function corrupt(message: string, offset?: number): IsokvError {
  return new IsokvError('CORRUPT', message, { offset });
}

/** Another writer appended first: the position named is no longer the end of the log. */
export function logConflict(): IsokvError {
  return new IsokvError('LOG_CONFLICT', 'another writer has appended to this log');
}

export function isConflict(error: unknown): boolean {
  return hasCode(error, 'LOG_CONFLICT');
}

export function hasCode(error: unknown, code: ErrorCode): error is IsokvError {
  return (error as IsokvError | undefined)?.code === code;
}

/** Somebody has changed the file at `path`, where that is known, behind the back of the log. */
export function externalChange(path = 'the log', what = 'changed'): IsokvError {
  return new IsokvError(
    'EXTERNAL_CHANGE',
    `${path} was ${what} by somebody else: call store.refresh(), and write again`,
  );
}
