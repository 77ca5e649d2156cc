import { Writer } from '../bytes/writer.ts';
import type { CipherSession } from '../cipher.ts';
import {
  type Chain,
  CONTINUES,
  END,
  FRAME_BYTES,
  KIND,
  type Kind,
  MAX_PAYLOAD_BYTES,
  putFrame,
  SEALED,
} from './frame.ts';
import { sealAssociated } from './scanner.ts';

/** Frames waiting to be written are gathered up to about this size. */
export const BATCH_BYTES: number = 1024 * 1024;

/** Turns payloads into frames, splitting and sealing them, in one buffer that is used again and again. */
export class FrameWriter {
  readonly chain: Chain;
  readonly session: CipherSession | undefined;
  #frames: Writer = newBuffer();
  readonly #overhead: number;

  /** `overheadBytes`: the most that sealing adds to a payload. */
  constructor(chain: Chain, session: CipherSession | undefined, overheadBytes = 0) {
    this.chain = chain;
    this.session = session;
    this.#overhead = overheadBytes;
  }

  get length(): number {
    return this.#frames.length;
  }

  /** Adds the frames of one message. `flags` go to its first frame. */
  add(kind: Kind, payload: Uint8Array, flags = 0): void {
    const most = MAX_PAYLOAD_BYTES - this.#overhead;
    let at = 0;
    let first = flags;
    do {
      const end = Math.min(payload.length, at + most);
      const last = end === payload.length ? END : 0;
      this.#put(kind | first | last, at === 0 && last ? payload : payload.subarray(at, end));
      first = CONTINUES;
      at = end;
    } while (at < payload.length);
  }

  /** The frames added since the last `take()`. The bytes are good until the next `add()`. */
  take(): Uint8Array<ArrayBuffer> {
    const frames = this.#frames;
    const taken = frames.bytes.subarray(0, frames.position);
    frames.position = 0;
    // A buffer that one large commit has stretched is not kept.
    if (frames.bytes.length > 4 * BATCH_BYTES) this.#frames = newBuffer();
    return taken;
  }

  #put(flags: number, plain: Uint8Array): void {
    const { session, chain } = this;
    const sealed = session !== undefined && (flags & 7) !== KIND.header;
    const all = sealed ? flags | SEALED : flags;
    const payload = sealed ? session.seal(plain, { associated: sealAssociated(all, chain.seed) }) : plain;
    const frames = this.#frames;
    frames.reserve(payload.length + FRAME_BYTES);
    frames.position = putFrame(frames.bytes, frames.position, all, payload, chain);
  }
}

function newBuffer(): Writer {
  return new Writer(4096);
}
