/** Delays between the calls of a log and what they do, different in each run of a test and the same for a seed. */
import type { Log } from '../src/index.ts';
import { Random } from '../src/testing/random.ts';

export class RandomDelays extends Random {
  /** Nothing, a few turns of the microtask queue, or of the event loop. */
  async wait(): Promise<void> {
    const kind = this.below(4);
    for (let left = this.below(4); left > 0; left--) {
      if (kind === 1) await null;
      if (kind > 1) await new Promise((resolve) => setImmediate(resolve));
    }
  }

  /** The log, with every call late and its answer later. */
  log(log: Log): Log {
    const late = async <T>(call: () => Promise<T>): Promise<T> => {
      await this.wait();
      const answer = await call();
      await this.wait();
      return answer;
    };
    const delays = this;
    return {
      capabilities: log.capabilities,
      open: (options) => late(() => log.open(options)),
      async *read(after) {
        await delays.wait();
        for await (const items of log.read(after)) {
          yield items;
          await delays.wait();
        }
      },
      append: (commits, options) => late(() => log.append(commits, options)),
      replace: (items, options) => late(() => log.replace(items, options)),
      watch: (onAppend) => log.watch?.(() => void this.wait().then(onAppend)) ?? (() => undefined),
      close: () => late(() => log.close()),
      destroy: () => late(() => log.destroy()),
    };
  }
}
