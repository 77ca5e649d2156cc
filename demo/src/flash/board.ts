/** A store on a simulated flash of 64 KiB, as a small device has it, with its power in your hands. */
import { type FlashMap, flashLog, inspectFlash } from '@isokv/adapter-flash';
import { CUT_MODELS, type SimulatedFlash, simulatedFlash } from '@isokv/adapter-flash/testing';
import { Store } from '@isokv/core';
import { PoweredFlash } from './powered-flash.ts';

export const GEOMETRY = { pageSize: 4096, pageCount: 16, programUnit: 4 } as const;

const SENSORS = 60;
const MOST_NOTE_LETTERS = 160;

interface Reading {
  readonly at: number;
  readonly celsius: number;
  readonly note: string;
}

export interface CutReport {
  /** What the power went in the middle of. */
  readonly cutIn: string;
  /** What the cut left behind, in the simulator's word. */
  readonly model: string;
  readonly acknowledged: number;
  /** Acknowledged entries that are not as they were: none, or the store is wrong. */
  readonly lost: readonly string[];
  /** Whether the write that was cut is there: then it is there whole. */
  readonly isCutWriteThere: boolean;
  readonly mount_ms: number;
}

export class Board {
  #flash: SimulatedFlash = simulatedFlash(GEOMETRY);
  #device: PoweredFlash = new PoweredFlash(this.#flash);
  #store: Store<Record<string, Reading>> = new Store();
  /** What was acknowledged, as it was. */
  readonly #acknowledged: Map<string, string> = new Map();
  #writes = 0;
  #cuts = 0;

  /** Mounts the flash as it is. @returns how long that took, in milliseconds */
  async mount(): Promise<number> {
    const start_ms = performance.now();
    this.#store = await Store.open(flashLog(this.#device));
    return performance.now() - start_ms;
  }

  get entries(): number {
    return this.#store.size;
  }

  get image(): Uint8Array<ArrayBuffer> {
    return this.#flash.bytes;
  }

  map(): FlashMap {
    return inspectFlash(this.#flash);
  }

  /** One reading of one sensor, durable when it resolves. */
  async write(): Promise<void> {
    const { key, value } = this.#nextReading();
    await this.#store.set(key, value);
    this.#acknowledged.set(key, JSON.stringify(value));
  }

  /** Cuts the power in the middle of a write, and turns it on again. */
  async cut(): Promise<CutReport> {
    const model = CUT_MODELS[this.#cuts++ % CUT_MODELS.length] ?? 'clean';
    const { key, value } = this.#nextReading();
    this.#device.cutNext(model);
    const before = this.#store;
    await before.set(key, value).then(
      () => Promise.reject(new Error('a write was acknowledged although its power was cut')),
      () => undefined, // The power is off.
    );
    const { cutIn = '' } = this.#device;
    // What was in memory is gone: another store, on the flash as it is found when the power is back.
    this.#flash = this.#flash.copy(this.#cuts);
    this.#device = new PoweredFlash(this.#flash);
    await before.close().catch(() => undefined); // It has nowhere to write to any more.
    const mount_ms = await this.mount();
    const lost = [...this.#acknowledged].filter(
      ([name, text]) => name !== key && JSON.stringify(this.#store.get(name)) !== text,
    );
    const found = JSON.stringify(this.#store.get(key));
    const isCutWriteThere = found === JSON.stringify(value);
    if (isCutWriteThere) this.#acknowledged.set(key, found);
    else if (found !== this.#acknowledged.get(key)) lost.push([key, String(found)]);
    return {
      cutIn,
      model,
      acknowledged: this.#acknowledged.size,
      lost: lost.map(([name]) => name),
      isCutWriteThere,
      mount_ms,
    };
  }

  #nextReading(): { key: string; value: Reading } {
    this.#writes++;
    const key = `sensor-${String(Math.floor(Math.random() * SENSORS)).padStart(2, '0')}`;
    const celsius = Math.round(Math.random() * 400) / 10;
    const note = 'x'.repeat(Math.floor(Math.random() * MOST_NOTE_LETTERS));
    return { key, value: { at: this.#writes, celsius, note } };
  }
}
