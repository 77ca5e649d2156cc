/** The assertions of the suites: core has none to import, and a runner's own would tie the suites to it. */
import { type ErrorCode, IsokvError } from '../errors.ts';

export function ok(value: unknown, what: string): void {
  if (!value) throw new Error(what);
}

export function equal(actual: unknown, expected: unknown, what: string): void {
  if (!Object.is(actual, expected))
    throw new Error(`${what}: expected ${show(expected)}, got ${show(actual)}`);
}

/** For plain data: equal when its JSON is. */
export function same(actual: unknown, expected: unknown, what: string): void {
  equal(JSON.stringify(actual), JSON.stringify(expected), what);
}

export function sameBytes(actual: Uint8Array, expected: Uint8Array, what: string): void {
  equal(actual.length, expected.length, `${what}: number of bytes`);
  for (let at = 0; at < expected.length; at++) {
    if (actual[at] !== expected[at]) equal(actual[at], expected[at], `${what}: byte ${at}`);
  }
}

/** Passes when `call` rejects (or throws), with `code` where one is asked for. @returns the error */
export async function rejects(
  call: () => unknown,
  code: ErrorCode | undefined,
  what: string,
): Promise<unknown> {
  let error: unknown;
  try {
    await call();
  } catch (thrown) {
    error = thrown;
    if (code === undefined) return error;
    if (error instanceof IsokvError && error.code === code) return error;
    throw new Error(`${what}: expected an IsokvError with code ${code}, got ${show(error)}`, {
      cause: error,
    });
  }
  throw new Error(`${what}: expected it to reject${code ? ` with ${code}` : ''}, and it resolved`);
}

/** @returns whether `call` resolved; waits for it either way */
export async function resolves(call: () => unknown): Promise<boolean> {
  try {
    await call();
    return true;
  } catch {
    return false;
  }
}

/** Waits until `condition` holds, as long as `patienceMs`. */
export async function eventually(condition: () => boolean, patienceMs: number, what: string): Promise<void> {
  for (let waitedMs = 0; !condition(); waitedMs += 5) {
    if (waitedMs >= patienceMs) throw new Error(`${what}: not within ${patienceMs} ms`);
    await pause(5);
  }
}

export function pause(delayMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, delayMs));
}

function show(value: unknown): string {
  if (value instanceof IsokvError) return `IsokvError ${value.code} (${value.message})`;
  if (value instanceof Error) return `${value.name} (${value.message})`;
  return typeof value === 'string' ? value.slice(0, 500) : String(value);
}
