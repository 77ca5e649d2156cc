/** Throws an error with a code of docs/ERRORS.md: engines of this class cannot extend Error. `offset`: where in the flash. */
export function fail(code: string, message: string, offset?: number): never {
  var error = new Error(message) as Error & { code: string; offset: number | undefined };
  error.code = code;
  error.offset = offset;
  throw error;
}
