/** The log of a store in IndexedDB. */
import { frameLog, IsokvError, type Log } from '@isokv/core';
import { browser } from './environment.ts';
import { IdbBytes } from './idb-bytes.ts';

export interface IdbLogOptions {
  /** How long the browser may take to open the database before it is tried once more, in milliseconds. Default: 5,000. */
  readonly openTimeout?: number;
}

/**
 * Keeps a store in the IndexedDB database `name`, which is created if it is not there, and shares it with the other
 * tabs, frames and workers of this origin.
 *
 * @throws INVALID_OPTION when the name cannot be that of a database
 */
export function idbLog(name: string, { openTimeout = 5000 }: IdbLogOptions = {}): Log {
  if (typeof name !== 'string' || name === '') {
    throw new IsokvError('INVALID_OPTION', 'idbLog needs the name of a database: a string, not empty');
  }
  if (!(openTimeout > 0)) throw new IsokvError('INVALID_OPTION', 'openTimeout must be above 0');
  return frameLog(new IdbBytes(name, browser(), openTimeout));
}
