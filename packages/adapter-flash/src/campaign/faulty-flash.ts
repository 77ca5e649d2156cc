/** A flash whose calls fail when they are told to, as a bad connection, a worn page or a sagging supply has them fail. */

import type { Random } from '@isokv/core/testing';
import type { FlashDevice } from '../device/flash-device.ts';
import { CUT_MODELS, type FlashCall, SimulatedFlash } from '../testing/simulated-flash.ts';

/** What a failed call may leave: the same as a cut, but for bits that read differently each time. */
const PARTIAL = CUT_MODELS.filter((model) => model !== 'unstable');

type Method = 'read' | 'program' | 'erase';

/** Thrown by a call that fails. */
export class Fault extends Error {
  override readonly name = 'Fault';
}

/** When calls fail, counted over those of the kinds it is about. */
interface Plan {
  readonly methods: readonly Method[];
  /** How many succeed first, how many fail then, and how many in a row do so. */
  wait: number;
  readonly between: number;
  left: number;
}

const METHODS: readonly (readonly Method[])[] = [
  ['read'],
  ['program'],
  ['erase'],
  ['program', 'erase'],
  ['read', 'program', 'erase'],
];

export class FaultyFlash implements FlashDevice {
  readonly pageSize: number;
  readonly pageCount: number;
  readonly programUnit: 4 | 8 | 16;
  readonly flash: SimulatedFlash;
  /** Calls that failed since `arm`. */
  faults = 0;
  readonly #random: Random;
  #plan: Plan | undefined;

  constructor(flash: SimulatedFlash, random: Random) {
    this.flash = flash;
    this.pageSize = flash.pageSize;
    this.pageCount = flash.pageCount;
    this.programUnit = flash.programUnit;
    this.#random = random;
  }

  /** Has some of the next calls fail: one, or a few in a row, or now and then. */
  arm(): void {
    const random = this.#random;
    const methods = random.pick(METHODS);
    const within = methods.includes('read') ? random.pick([10, 100, 1000]) : random.pick([3, 12]);
    this.faults = 0;
    this.#plan = {
      methods,
      wait: random.below(within),
      between: random.pick([1, 1, within]),
      left: random.pick([1, 1, 2, 3, 10, 1000]),
    };
  }

  disarm(): void {
    this.#plan = undefined;
  }

  crc32(bytes: Uint8Array): number {
    return this.flash.crc32(bytes);
  }

  read(address: number, length: number): Uint8Array {
    if (this.#fails('read')) throw new Fault('a read failed');
    return this.flash.read(address, length);
  }

  program(address: number, bytes: Uint8Array): void {
    if (this.#fails('program')) this.#failAt({ program: address, bytes });
    this.flash.program(address, bytes);
  }

  erase(page: number): void {
    if (this.#fails('erase')) this.#failAt({ erase: page });
    this.flash.erase(page);
  }

  #fails(method: Method): boolean {
    const plan = this.#plan;
    if (!plan || plan.left === 0 || !plan.methods.includes(method) || plan.wait-- > 0) return false;
    plan.left--;
    plan.wait = this.#random.below(plan.between);
    this.faults++;
    return true;
  }

  /** Fails before the call has done anything, after it has done all, or in between. */
  #failAt(call: FlashCall): never {
    const random = this.#random;
    const when = random.below(3);
    if (when === 1) {
      const steps = SimulatedFlash.steps(call, this.programUnit);
      this.flash.cut(call, random.below(steps), random.pick(PARTIAL));
      this.flash.restore();
    } else if (when === 2) {
      if ('erase' in call) this.flash.erase(call.erase);
      else this.flash.program(call.program, call.bytes);
    }
    throw new Fault('erase' in call ? 'an erase failed' : 'a program failed');
  }
}
