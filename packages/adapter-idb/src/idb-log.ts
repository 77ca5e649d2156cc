/** The log of a store in IndexedDB. */
import { frameLog, IsokvError, type Log } from '@isokv/core';
import { browser } from './environment.ts';
import { withFallback } from './fallback-bytes.ts';
import { IdbBytes } from './idb-bytes.ts';

export interface IdbLogOptions {
  /**
   * How long the browser may take to open the database before it is tried once more, and another tab to let a
   * rewrite of the log pass, in milliseconds. Default: 5,000.
   */
  readonly openTimeout?: number;
  /**
   * Given, a store opens in memory where IndexedDB cannot be had (no browser, a private mode, site data blocked, or
   * it does not answer), and this is told why. What is written then is gone with the page.
   */
  readonly onFallback?: (error: IsokvError) => void;
}

export interface IdbLog extends Log {
  /**
   * Whether there was a store when the page was last here, and the browser has removed it since: the log is empty
   * then. Known once it is open. Always false where there is no localStorage, as in workers.
   */
  readonly wasEvicted: boolean;
}

/**
 * Keeps a store in the IndexedDB database `name`, which is created if it is not there, and shares it with the other
 * tabs, frames and workers of this origin.
 *
 * @throws INVALID_OPTION when the name cannot be that of a database
 */
export function idbLog(name: string, { openTimeout = 5000, onFallback }: IdbLogOptions = {}): IdbLog {
  if (typeof name !== 'string' || name === '') {
    throw new IsokvError('INVALID_OPTION', 'idbLog needs the name of a database: a string, not empty');
  }
  if (!(openTimeout > 0)) throw new IsokvError('INVALID_OPTION', 'openTimeout must be above 0');
  const bytes = new IdbBytes(name, browser(), openTimeout);
  const log = frameLog(onFallback ? withFallback(bytes, onFallback) : bytes);
  return Object.defineProperty(log as IdbLog, 'wasEvicted', {
    get: () => bytes.wasEvicted,
    enumerable: true,
  });
}
