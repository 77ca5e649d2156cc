/** A flash whose power can be cut in the middle of what it does. */
import type { FlashDevice } from '@isokv/adapter-flash';
import { type CutModel, PowerCut, type SimulatedFlash } from '@isokv/adapter-flash/testing';

export class PoweredFlash implements FlashDevice {
  readonly pageSize: number;
  readonly pageCount: number;
  readonly programUnit: 4 | 8 | 16;
  readonly #flash: SimulatedFlash;
  #model: CutModel | undefined;
  /** In words, what the power went in the middle of. */
  cutIn: string | undefined;

  constructor(flash: SimulatedFlash) {
    this.#flash = flash;
    this.pageSize = flash.pageSize;
    this.pageCount = flash.pageCount;
    this.programUnit = flash.programUnit;
  }

  /** The power goes in the middle of the next program, and leaves behind what the model says. */
  cutNext(model: CutModel): void {
    this.#model = model;
  }

  read(address: number, length: number): Uint8Array {
    return this.#flash.read(address, length);
  }

  crc32(bytes: Uint8Array): number {
    return this.#flash.crc32(bytes);
  }

  erase(page: number): void {
    this.#flash.erase(page);
  }

  program(address: number, bytes: Uint8Array): void {
    const model = this.#model;
    this.#model = undefined;
    if (model === undefined) this.#flash.program(address, bytes);
    else this.#cut(address, bytes, model);
  }

  #cut(address: number, bytes: Uint8Array, model: CutModel): never {
    const step = Math.floor(bytes.length / this.programUnit / 2);
    const page = Math.floor(address / this.pageSize);
    this.cutIn = `page ${page}, after ${step * this.programUnit} of ${bytes.length} bytes`;
    this.#flash.cut({ program: address, bytes }, step, model);
    throw new PowerCut('the power is off');
  }
}
