/** Lets the event loop turn until it is so. */
export async function until(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`never came: ${condition.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}
