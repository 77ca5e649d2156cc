/** Waits for a promise, but no longer than `ms` milliseconds: then the outcome is that of `late`. */
export async function within<T>(ms: number, promise: Promise<T>, late: () => T): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const waited = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  try {
    return await Promise.race([promise, waited.then(late)]);
  } finally {
    clearTimeout(timer);
  }
}
