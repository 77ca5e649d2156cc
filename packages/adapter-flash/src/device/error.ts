/** An error to throw, with a code of docs/ERRORS.md: engines of this class cannot extend Error. */
export function failure(code: string, message: string): Error {
  var error = new Error(message);
  (error as Error & { code: string }).code = code;
  return error;
}
