/** What a board may do when it has nothing else to do: collect ahead of time, and see how its flash fares. */
import { collectOldest } from './collect.ts';
import { type DeviceStats, type Face, methods } from './open.ts';
import { use } from './ring.ts';

/** Gives stores their collect() and stats(). `isokv`: what the core script exports. */
export function addTo(_isokv: unknown): void {
  methods.collect = function (this: Face, pages: number): number {
    var ring = this._ring;
    var count = 0;
    use(ring);
    while (count < pages && ring._oldest < ring._head) {
      collectOldest();
      count++;
    }
    ring._refused = Infinity;
    return count;
  };
  methods.stats = function (this: Face): DeviceStats {
    var ring = this._ring;
    var live = ring._head - ring._oldest + 1;
    return {
      live: live,
      spare: ring._spares,
      bad: ring._device.pageCount - live - ring._spares,
      seq: ring._commit,
    };
  };
}
