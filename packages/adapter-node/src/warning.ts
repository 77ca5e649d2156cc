import type { IsokvError } from '@isokv/core';

/** What becomes of a warning that nobody has asked for. */
export function emitWarning(warning: IsokvError): void {
  process.emitWarning(warning.message, { type: 'IsokvWarning', code: warning.code });
}
