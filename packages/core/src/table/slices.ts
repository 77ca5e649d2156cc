/** How long work may go on before it lets the event loop turn. */
const SLICE_MS = 4;

/** Divides long work into slices. */
export class Slices {
  #begun: number = Date.now();
  readonly #check: (() => void) | undefined;

  /** `check` throws when there is to be no further slice. */
  constructor(check?: () => void) {
    this.#check = check;
  }

  /** Whether it is time to pause. */
  get over(): boolean {
    return Date.now() - this.#begun >= SLICE_MS;
  }

  /** Resolves on a later turn of the event loop; rejects with what `check` throws. */
  async pause(): Promise<void> {
    await new Promise<void>((resolve) => void setTimeout(resolve, 0));
    this.#check?.();
    this.#begun = Date.now();
  }
}
