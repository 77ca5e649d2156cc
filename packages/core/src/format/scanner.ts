import { concat } from '../bytes/concat.ts';
import type { Crc32 } from '../bytes/crc32.ts';
import { follow } from '../bytes/follow.ts';
import { putU32 } from '../bytes/writer.ts';
import type { CipherSession } from '../cipher.ts';
import { corrupt, IsokvError } from '../errors.ts';
import {
  type Chain,
  CONTINUES,
  END,
  emptyFrameView,
  FLIGHT,
  FRAME_OK,
  type FrameStatus,
  KIND,
  type Kind,
  kindOf,
  readFrame,
  SEALED,
  startChain,
} from './frame.ts';

/** The payload of one frame, or of several that were split. */
export interface Message {
  readonly kind: Kind;
  readonly payload: Uint8Array;
  /** Whether its first frame begins a flight. */
  readonly flight: boolean;
  /** Where on the medium its first frame begins and its last one ends. */
  readonly start: number;
  readonly end: number;
}

/** Why `next()` found no further message. */
export type ScanEnd = Exclude<FrameStatus, typeof FRAME_OK>;

/** Turns bytes, fed in pieces of any size, into messages; stops at the first frame that is not valid. */
export class FrameScanner {
  readonly chain: Chain;
  /** Opens sealed frames; set by the owner once the header has told which cipher it needs. */
  session: CipherSession | undefined;
  /** Where on the medium the last whole message ended. */
  position: number;
  /** The checksum of the frame that ended there: what the next append continues from. */
  seed: number;
  end: ScanEnd = 'cut';

  #window: Uint8Array = new Uint8Array(0);
  #at = 0;
  /** Where on the medium the window begins. */
  #base: number;
  #parts: Uint8Array[] = [];
  /** The flags of the first frame of the message that is being read. */
  #flags = 0;
  #start: number;
  readonly #view = emptyFrameView();

  constructor(crc32: Crc32 | undefined, position: number, seed = 0) {
    this.chain = startChain(crc32, seed);
    this.seed = seed;
    this.position = position;
    this.#base = position;
    this.#start = position;
  }

  /** Adds bytes that follow those fed before. Views of one buffer that touch are joined without a copy. */
  feed(bytes: Uint8Array): void {
    this.#window = follow(this.#window.subarray(this.#at), bytes);
    this.#base += this.#at;
    this.#at = 0;
  }

  /** @returns the next message, or undefined when more bytes are needed or the scan has come to its `end` */
  next(): Message | undefined {
    const view = this.#view;
    while (true) {
      const seed = this.chain.seed;
      const status = readFrame(this.#window, this.#at, this.chain, view);
      if (status !== FRAME_OK) {
        this.end = status;
        return undefined;
      }
      const kind = kindOf(view.flags);
      const continues = (view.flags & CONTINUES) !== 0;
      if (continues !== this.#parts.length > 0 || (continues && kind !== kindOf(this.#flags))) {
        throw corrupt('a frame that is out of place', this.restPosition);
      }
      if (!continues) this.#flags = view.flags;
      const payload = this.#open(this.#window.subarray(view.payloadStart, view.payloadEnd), view.flags, seed);
      this.#at = view.next;
      const end = this.#base + view.next;
      if ((view.flags & END) === 0) {
        this.#parts.push(payload);
        continue;
      }
      const flight = (this.#flags & FLIGHT) !== 0;
      const message: Message = { kind, payload: this.#joined(payload), flight, start: this.#start, end };
      this.#start = end;
      this.position = end;
      this.seed = this.chain.seed;
      return message;
    }
  }

  /** Goes on with the frame at `at` of `rest`, which continues from `seed`: what lies before it is passed over. */
  skipTo(at: number, seed: number): void {
    this.#at += at;
    this.#parts = [];
    this.#start = this.restPosition;
    this.position = this.#start;
    this.seed = seed;
    this.chain.seed = seed;
  }

  /** The bytes after the last valid frame. */
  get rest(): Uint8Array {
    return this.#window.subarray(this.#at);
  }

  /** Where on the medium `rest` begins. */
  get restPosition(): number {
    return this.#base + this.#at;
  }

  #joined(last: Uint8Array): Uint8Array {
    if (this.#parts.length === 0) return last;
    const whole = concat([...this.#parts, last]);
    this.#parts = [];
    return whole;
  }

  #open(payload: Uint8Array, flags: number, seed: number): Uint8Array {
    const at = this.restPosition;
    if ((flags & SEALED) === 0) {
      // Else who has no key could put frames of their own in the place of sealed ones.
      if (this.session && kindOf(flags) !== KIND.header) throw corrupt('a frame that is not sealed', at);
      return payload;
    }
    if (!this.session) {
      throw new IsokvError('SEALED', 'this store is sealed: open it with its cipher', { offset: at });
    }
    try {
      return this.session.open(payload, { associated: sealAssociated(flags, seed) });
    } catch (cause) {
      throw new IsokvError('CORRUPT', 'a sealed frame does not open: a wrong key, or damage', {
        offset: at,
        cause,
      });
    }
  }
}

/** What a sealed payload is bound to: the frame's flags and its place in the chain. */
export function sealAssociated(flags: number, seed: number): Uint8Array {
  const associated = new Uint8Array(5);
  associated[0] = flags;
  putU32(associated, 1, seed);
  return associated;
}
