/** What tests of the device face open. */
import { expect } from 'vitest';
import type { DeviceStore, OpenOptions } from '../src/device/open.ts';
import { type Geometry, type SimulatedFlash, simulatedFlash } from '../src/testing/simulated-flash.ts';
import { open } from './whole.ts';

export const small: Geometry = { pageSize: 512, pageCount: 4, programUnit: 4 };

class Clock {
  ms: number = Date.UTC(2026, 0);
}

export interface Opened {
  readonly flash: SimulatedFlash;
  readonly clock: Clock;
  readonly store: DeviceStore;
  /** Opens it as after a reset. */
  again(): DeviceStore;
}

/** A store, the flash under it and the clock it has. */
export function opened(geometry: Geometry = small, options: OpenOptions = {}): Opened {
  const flash = simulatedFlash(geometry);
  const clock = new Clock();
  const again = (): DeviceStore => open(flash, { now: () => clock.ms, ...options });
  return { flash, clock, again, store: again() };
}

/** Puts entries until there is no room. @returns their keys */
export function fill(store: DeviceStore, length = 40, ttl?: number): string[] {
  const keys: string[] = [];
  for (;;) {
    const key = `entry ${keys.length}`;
    try {
      store.set(key, 'x'.repeat(length), ttl);
    } catch (error) {
      expect(error).toMatchObject({ code: 'ENOSPC' });
      return keys;
    }
    keys.push(key);
  }
}
