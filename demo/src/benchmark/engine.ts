/** What is measured of each store: the same work, in the best way that its own interface offers. */

export interface Value {
  readonly id: number;
  readonly name: string;
  readonly score: number;
  readonly tags: readonly string[];
}

export type Entry = readonly [key: string, value: Value];

export interface Engine {
  readonly name: string;
  open(): Promise<void>;
  /** @returns undefined when it is done already */
  set(key: string, value: Value): Promise<void> | undefined;
  setAll(entries: readonly Entry[]): Promise<unknown> | undefined;
  get(key: string): Promise<Value | undefined> | Value | undefined;
  /** The values whose keys begin with this. */
  startingWith(prefix: string): Promise<readonly Value[]> | readonly Value[];
  /** Does what is due before others have their turn, so that it does not slow them down. */
  settle?(): Promise<void>;
  close(): Promise<void>;
  /** Leaves nothing behind. */
  remove(): Promise<void>;
}
