/** How long work may go on before it lets the event loop turn. */
const SLICE_MS = 4;

/** Divides long work into slices. */
export class Slices {
  #begun: number = Date.now();

  /** Whether it is time to pause. */
  get over(): boolean {
    return Date.now() - this.#begun >= SLICE_MS;
  }

  /** Resolves on a later turn of the event loop. */
  async pause(): Promise<void> {
    await new Promise<void>((resolve) => void setTimeout(resolve, 0));
    this.#begun = Date.now();
  }
}
