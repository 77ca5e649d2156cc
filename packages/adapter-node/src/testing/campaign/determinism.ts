/** Takes from this process all that would make two runs of a case differ. */
import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import { Random } from '@isokv/core/testing';

let random = new Random(0);
let now = 0;

/** Before a case. */
export function restart(seed: number): void {
  random = new Random(seed);
  now = 1_800_000_000_000;
}

/** From now on chance and time are those of the case. Timers fire at once or, if they are to wait, never. */
export function install(): void {
  Math.random = () => random.next() / 2 ** 32;
  crypto.randomBytes = ((bytes: number) =>
    Buffer.from(Array.from({ length: bytes }, () => random.next() & 0xff))) as typeof crypto.randomBytes;
  syncBuiltinESMExports();
  // Now and then long work finds that its time is up.
  Date.now = () => (now += random.chance(0.1) ? 3 : 0);
  const timer = (task: () => void, delayMs = 0): unknown =>
    delayMs > 0 ? { unref: () => undefined } : setImmediate(task);
  globalThis.setTimeout = timer as typeof setTimeout;
}

/** Lets the event loop turn. */
export async function turns(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await new Promise<void>((resolve) => void setImmediate(resolve));
}
