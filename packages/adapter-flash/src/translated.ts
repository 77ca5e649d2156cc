import { type ErrorCode, IsokvError } from '@isokv/core';

/** The engine's codes. Where it has few words, as boards need them, others take their place; else its own. */
const WORDS: ReadonlyMap<string, string | undefined> = new Map([
  ['CORRUPT', undefined],
  ['ENOSPC', 'the flash has no room for this: take it back, and delete something'],
  ['INVALID_KEY', undefined],
  ['INVALID_OPTION', undefined],
  ['IO', undefined],
  ['NOT_ISOKV', 'there is something else on this flash, or its pages or units have another size'],
]);

/** The engine's errors, and the device's own, as those of isokv. */
export function translated<R>(task: () => R): R {
  try {
    return task();
  } catch (cause) {
    const { code = '', message, offset } = cause as { code?: string; message: string; offset?: number };
    const isKnown = WORDS.has(code);
    const text = isKnown ? (WORDS.get(code) ?? message) : `the flash failed: ${message}`;
    throw new IsokvError(isKnown ? (code as ErrorCode) : 'IO', text, {
      cause,
      ...(offset === undefined ? {} : { offset }),
    });
  }
}
