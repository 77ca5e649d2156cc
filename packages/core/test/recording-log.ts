/** A log that notes what is asked of it, and does it late, or not, when a test says so. */
import type {
  AppendOptions,
  Commit,
  Log,
  LogCapabilities,
  LogItem,
  LogOpenOptions,
  Position,
  ReplaceOptions,
} from '../src/index.ts';
import { MemoryMedium, memoryLog } from '../src/index.ts';

export class RecordingLog implements Log {
  readonly capabilities: LogCapabilities;
  readonly medium: MemoryMedium;
  /** `append 1,2`, `replace`, `close`, in the order in which they began. */
  readonly calls: string[] = [];
  /** How many of the next calls fail. */
  failing: { append: number; replace: number; close: number; read: number } = {
    append: 0,
    replace: 0,
    close: 0,
    read: 0,
  };
  readonly error: Error = new Error('the medium is gone');
  readonly #log: Log;
  #gate: Promise<void> | undefined;

  constructor(medium: MemoryMedium = new MemoryMedium(), shared = false, replays = false) {
    this.medium = medium;
    this.#log = memoryLog(medium);
    this.capabilities = { ...this.#log.capabilities, shared, replays };
  }

  /** Appends and replaces begun from now on wait. @returns a function that lets them go on */
  hold(): () => void {
    let go!: () => void;
    this.#gate = new Promise((resolve) => {
      go = resolve;
    });
    return () => {
      this.#gate = undefined;
      go();
    };
  }

  open(options: LogOpenOptions): Promise<void> {
    return this.#log.open(options);
  }

  async *read(after?: Position): AsyncGenerator<readonly LogItem[]> {
    this.#fail('read');
    yield* this.#log.read(after);
  }

  async append(commits: readonly Commit[], options: AppendOptions): Promise<Position> {
    this.calls.push(`append ${commits.map(({ seq }) => seq).join()}`);
    await this.#gate;
    this.#fail('append');
    return this.#log.append(commits, options);
  }

  async replace(items: AsyncIterable<readonly LogItem[]>, options: ReplaceOptions): Promise<Position> {
    this.calls.push('replace');
    await this.#gate;
    this.#fail('replace');
    return this.#log.replace(items, options);
  }

  watch(onAppend: () => void): () => void {
    return this.#log.watch?.(onAppend) ?? (() => undefined);
  }

  async close(): Promise<void> {
    this.calls.push('close');
    this.#fail('close');
    await this.#log.close();
  }

  destroy(): Promise<void> {
    this.calls.push('destroy');
    return this.#log.destroy();
  }

  #fail(operation: keyof RecordingLog['failing']): void {
    if (this.failing[operation] === 0) return;
    this.failing[operation]--;
    throw this.error;
  }
}
