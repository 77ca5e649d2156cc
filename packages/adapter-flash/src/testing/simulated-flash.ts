/**
 * A flash in memory that keeps to the rules of the worst parts, counts, and can be cut off from power at any
 * program unit and any erase. What a cut leaves depends on the model and, from there, on a seed alone.
 */
import { crc32 } from '@isokv/core';
import { Random } from '@isokv/core/testing';
import type { FlashDevice } from '../device/flash-device.ts';

/**
 * What a cut leaves of the unit that was being programmed:
 * - `clean`: nothing; of a page being erased, all
 * - `bits`: any of its bits; of a page, any of its bytes
 * - `bytes`: the bits of its first bytes; of a page, all but its first bytes
 * - `shuffled`: the units of one program come in any order; of a page, nothing, and it reads blank but is not erased
 * - `unstable`: bits that read differently each time; of a page, too
 */
export type CutModel = 'clean' | 'bits' | 'bytes' | 'shuffled' | 'unstable';

export const CUT_MODELS: readonly CutModel[] = Object.freeze([
  'clean',
  'bits',
  'bytes',
  'shuffled',
  'unstable',
]);

export interface Geometry {
  readonly pageSize: number;
  readonly pageCount: number;
  readonly programUnit: 4 | 8 | 16;
}

/** What was asked of a flash. */
export type FlashCall = { readonly erase: number } | { readonly program: number; readonly bytes: Uint8Array };

/** Thrown by every call once the power is off. */
export class PowerCut extends Error {
  override readonly name = 'PowerCut';
}

const ERASED = 0;
const PROGRAMMED = 1;
/** An erase was cut short: it must be erased again before anything is programmed, whatever it reads. */
const HALF_ERASED = 2;

export class SimulatedFlash implements FlashDevice {
  readonly pageSize: number;
  readonly pageCount: number;
  readonly programUnit: 4 | 8 | 16;
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** How often each page was erased. */
  readonly erases: Uint32Array<ArrayBuffer>;
  /** Bytes programmed and read so far. */
  programmedBytes = 0;
  readBytes = 0;
  /** What was asked that no flash does: a unit programmed twice, 0 to 1, beyond the end. Each was refused. */
  readonly violations: string[] = [];
  /** Every call, when it is set to a list. */
  journal: FlashCall[] | undefined;
  /** Pages that forget: what is programmed there reads differently, or they do not erase. */
  readonly worn: Map<number, 'program' | 'erase'> = new Map();
  readonly #states: Uint8Array<ArrayBuffer>;
  /** The bits of a unit or a page that read differently each time, by address. */
  readonly #unstable: Map<number, number>;
  readonly #random: Random;
  #isOff = false;

  constructor(geometry: Geometry, seed = 1, from?: SimulatedFlash) {
    const { pageSize, pageCount, programUnit } = geometry;
    this.pageSize = pageSize;
    this.pageCount = pageCount;
    this.programUnit = programUnit;
    this.bytes = from ? from.bytes.slice() : new Uint8Array(pageSize * pageCount).fill(0xff);
    this.erases = from ? from.erases.slice() : new Uint32Array(pageCount);
    this.#states = from ? from.#states.slice() : new Uint8Array((pageSize * pageCount) / programUnit);
    this.#unstable = new Map(from ? from.#unstable : []);
    this.#random = new Random(seed);
  }

  /** Another flash with the same content, as it is found when the power comes back. */
  copy(seed = 1): SimulatedFlash {
    return new SimulatedFlash(this, seed, this);
  }

  crc32(bytes: Uint8Array): number {
    return crc32(bytes, 0);
  }

  read(address: number, length: number): Uint8Array<ArrayBuffer> {
    this.#check(address, length, 1);
    this.readBytes += length;
    const bytes = this.bytes.slice(address, address + length);
    if (this.#unstable.size > 0) {
      for (let i = 0; i < length; i++) {
        const mask = this.#unstable.get(address + i);
        if (mask) bytes[i] = (bytes[i] as number) | (mask & this.#random.below(256));
      }
    }
    return bytes;
  }

  program(address: number, bytes: Uint8Array): void {
    const unit = this.programUnit;
    this.#check(address, bytes.length, unit);
    this.journal?.push({ program: address, bytes: bytes.slice() });
    for (let at = 0; at < bytes.length; at += unit) this.#checkUnit(address + at);
    this.programmedBytes += bytes.length;
    for (let at = 0; at < bytes.length; at += unit)
      this.#programUnit(address + at, bytes.subarray(at, at + unit));
    if (this.worn.get(Math.floor(address / this.pageSize)) === 'program')
      this.bytes[address] = ~(bytes[0] as number);
  }

  erase(page: number): void {
    this.#check(page * this.pageSize, this.pageSize, 1);
    this.journal?.push({ erase: page });
    (this.erases[page] as number)++;
    if (this.worn.get(page) === 'erase') {
      this.bytes[page * this.pageSize] = 0;
      return;
    }
    this.#setPage(page, ERASED);
    this.bytes.fill(0xff, page * this.pageSize, (page + 1) * this.pageSize);
  }

  /** How many points at which the power can go a call has. */
  static steps(call: FlashCall, unit: number): number {
    return 'erase' in call ? 1 : call.bytes.length / unit;
  }

  /** Makes a call up to the point `step`, where the power goes. */
  cut(call: FlashCall, step: number, model: CutModel): void {
    if ('erase' in call) this.#cutErase(call.erase, model);
    else this.#cutProgram(call.program, call.bytes, step, model);
    this.#isOff = true;
  }

  /** Power is back. */
  restore(): void {
    this.#isOff = false;
  }

  #cutProgram(address: number, bytes: Uint8Array, step: number, model: CutModel): void {
    const unit = this.programUnit;
    const units = Array.from({ length: bytes.length / unit }, (_, index) => index);
    if (model === 'shuffled') {
      for (let i = units.length - 1; i > 0; i--) {
        const j = this.#random.below(i + 1);
        [units[i], units[j]] = [units[j] as number, units[i] as number];
      }
    }
    for (const index of units.slice(0, step)) {
      this.#programUnit(address + index * unit, bytes.subarray(index * unit, (index + 1) * unit));
    }
    if (model === 'clean') return;
    const at = (units[step] as number) * unit;
    const torn = bytes.slice(at, at + unit);
    const whole = this.#random.below(unit + 1);
    // From hardly begun to all but done.
    const done = this.#random.pick([0.04, 0.5, 0.96]);
    for (let i = 0; i < unit; i++) {
      const target = torn[i] as number;
      let left = 0;
      for (let bit = 1; bit < 256; bit *= 2) if (!this.#random.chance(done)) left |= bit;
      if (model === 'bytes') torn[i] = i < whole ? target : i === whole ? target | left : 0xff;
      else if (model === 'unstable') {
        const shaky = ~target & left & (this.#random.below(2) ? 0xff : this.#random.below(256));
        torn[i] = target | (left & ~shaky);
        if (shaky) this.#unstable.set(address + at + i, shaky);
      } else torn[i] = target | left;
    }
    this.#programUnit(address + at, torn);
  }

  #cutErase(page: number, model: CutModel): void {
    const start = page * this.pageSize;
    if (model === 'clean') return;
    (this.erases[page] as number)++;
    this.#setPage(page, HALF_ERASED);
    const first = this.#random.below(this.pageSize);
    const done = this.#random.pick([0.02, 0.5, 0.98]);
    for (let i = 0; i < this.pageSize; i++) {
      const old = this.bytes[start + i] as number;
      if (
        model === 'shuffled' ||
        (model === 'bytes' && i >= first) ||
        (model === 'bits' && this.#random.chance(done))
      ) {
        this.bytes[start + i] = 0xff;
      } else if (model === 'unstable' && old !== 0xff && this.#random.chance(done)) {
        this.#unstable.set(start + i, ~old & 0xff);
      }
    }
  }

  #setPage(page: number, state: number): void {
    const units = this.pageSize / this.programUnit;
    this.#states.fill(state, page * units, (page + 1) * units);
    if (this.#unstable.size === 0) return;
    for (const address of this.#unstable.keys()) {
      if (Math.floor(address / this.pageSize) === page) this.#unstable.delete(address);
    }
  }

  #programUnit(address: number, bytes: Uint8Array): void {
    this.#states[address / this.programUnit] = PROGRAMMED;
    for (let i = 0; i < bytes.length; i++)
      this.bytes[address + i] = (this.bytes[address + i] as number) & (bytes[i] as number);
  }

  #checkUnit(address: number): void {
    const state = this.#states[address / this.programUnit];
    if (state === ERASED) return;
    this.#refuse(
      state === PROGRAMMED
        ? `the unit at ${address} is programmed a second time`
        : `the unit at ${address} is programmed in a page whose erase was cut short`,
    );
  }

  #check(address: number, length: number, unit: number): void {
    if (this.#isOff) throw new PowerCut('the power is off');
    if (address % unit !== 0 || length % unit !== 0)
      this.#refuse(`${length} bytes at ${address} are no whole units`);
    if (!(address >= 0 && length > 0 && address + length <= this.bytes.length)) {
      this.#refuse(`${length} bytes at ${address} reach past the end`);
    }
    if (
      length > this.pageSize ||
      Math.floor(address / this.pageSize) !== Math.floor((address + length - 1) / this.pageSize)
    ) {
      this.#refuse(`${length} bytes at ${address} are of more than one page`);
    }
  }

  #refuse(what: string): never {
    this.violations.push(what);
    throw new Error(what);
  }
}

/** A blank flash. */
export function simulatedFlash(geometry: Geometry, seed = 1): SimulatedFlash {
  return new SimulatedFlash(geometry, seed);
}
