/** A timer that never keeps a process alive. */
export function later(task: () => void, delayMs: number): ReturnType<typeof setTimeout> {
  const timer = setTimeout(task, delayMs);
  (timer as { unref?: () => void }).unref?.();
  return timer;
}
