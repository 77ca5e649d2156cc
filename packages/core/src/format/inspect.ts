/**
 * Explains the bytes of a log frame by frame, whatever state they are in: the frames that validate, what they
 * say, and between them what is damaged and where reading goes on.
 */
import { concat } from '../bytes/concat.ts';
import type { Crc32 } from '../bytes/crc32.ts';
import { follow } from '../bytes/follow.ts';
import { isBytes } from '../bytes/is-bytes.ts';
import { getU32 } from '../bytes/writer.ts';
import { contentOf, type FrameContent, hex } from './content.ts';
import {
  type Chain,
  CONTINUES,
  END,
  emptyFrameView,
  FLIGHT,
  FRAME_BYTES,
  FRAME_CUT,
  FRAME_HEAD_BYTES,
  FRAME_OK,
  type FrameView,
  isPossible,
  KIND,
  kindOf,
  MARKER,
  readFrame,
  SEALED,
  startChain,
  trimBlank,
} from './frame.ts';
import { hasMagic } from './header.ts';
import { resumeAfter, wasAcknowledged } from './resume.ts';

/** A frame that validates. */
export interface FrameFinding extends FrameContent {
  readonly type: 'frame';
  /** In bytes from the start of the medium, as all offsets here. */
  readonly offset: number;
  readonly bytes: number;
  readonly kind: 'commit' | 'header' | 'block' | 'run end';
  readonly flags: readonly ('end' | 'flight' | 'sealed' | 'continues')[];
  /** Of the frame, and of all before it. */
  readonly crc: number;
}

/** What is no frame. */
export interface GapFinding {
  /**
   * `damage`: bytes that are not what was written. `torn`: the last append, which was never acknowledged.
   * `blank`: zeros or 0xFF after the end, never written.
   */
  readonly type: 'damage' | 'torn' | 'blank';
  readonly offset: number;
  readonly bytes: number;
  readonly message: string;
  /** Where the next frame is that validates. */
  readonly resumesAt?: number;
}

export type Finding = FrameFinding | GapFinding;

export interface InspectOptions {
  /** Where on the medium the bytes begin. Default: 0. */
  readonly offset?: number;
  /** Up to where they are known to have been durable: what is damaged before it is no torn tail. Default: 0. */
  readonly settled?: number;
  /** The runtime's own CRC-32, where it has one faster than a table. */
  readonly crc32?: Crc32;
}

/** Everything that is found in the bytes of a log or of data, in order. Damage is a finding, not an error. */
export async function* inspect(
  source: Uint8Array | AsyncIterable<Uint8Array>,
  options: InspectOptions = {},
): AsyncGenerator<Finding> {
  const inspector = new Inspector(options);
  if (isBytes(source)) inspector.feed(source);
  else {
    for await (const bytes of source) {
      inspector.feed(bytes);
      yield* inspector.frames();
    }
  }
  yield* inspector.finish();
}

const KINDS = ['commit', 'header', 'block', 'run end'] as const;
const FLAGS = [
  [END, 'end'],
  [FLIGHT, 'flight'],
  [SEALED, 'sealed'],
  [CONTINUES, 'continues'],
] as const;

class Inspector {
  readonly #options: InspectOptions;
  readonly #chain: Chain;
  readonly #view: FrameView = emptyFrameView();
  #window: Uint8Array = new Uint8Array(0);
  #at = 0;
  /** Where on the medium the window begins. */
  #base: number;
  /** Where the message begins that is being read, and what has come of it. */
  #start: number;
  #parts: Uint8Array[] = [];
  #headed = false;
  /** Whether the end of a run has yet to come. */
  #inRun = false;
  /** Whether what follows is no frame, however many more bytes come. */
  #stopped = false;

  constructor(options: InspectOptions) {
    this.#options = options;
    this.#chain = startChain(options.crc32);
    this.#base = options.offset ?? 0;
    this.#start = this.#base;
  }

  feed(bytes: Uint8Array): void {
    this.#window = follow(this.#window.subarray(this.#at), bytes);
    this.#base += this.#at;
    this.#at = 0;
  }

  /** The frames that follow one another, as far as bytes have come. */
  *frames(): Generator<Finding> {
    while (!this.#stopped) {
      const status = readFrame(this.#window, this.#at, this.#chain, this.#view);
      if (status !== FRAME_OK) {
        this.#stopped = status !== FRAME_CUT;
        return;
      }
      yield this.#frame();
    }
  }

  /** All that is left, when no more bytes come. */
  *finish(): Generator<Finding> {
    const { crc32, settled = 0 } = this.#options;
    while (true) {
      yield* this.frames();
      const rest = this.#window.subarray(this.#at);
      const written = trimBlank(rest).length;
      const unfinished = this.#position - this.#start;
      const isSettled = this.#position >= settled;
      if (written + unfinished === 0 && !this.#inRun && isSettled) {
        if (rest.length > 0) yield this.#blank(rest);
        return;
      }
      if (isSettled && this.#mayBeTorn(rest) && !wasAcknowledged(rest, crc32, this.#chain.seed, true)) {
        yield this.#gap('torn', unfinished + written, 'an append that was never acknowledged');
        this.#skip(written, 0);
        continue;
      }
      const found = resumeAfter(rest, crc32, this.#chain.seed);
      const skipped = found?.at ?? Math.max(written, settled - this.#position);
      const gap = this.#gap(
        'damage',
        unfinished + skipped,
        written === 0 ? 'cut short' : wrongWith(rest, this.#chain),
      );
      yield found ? { ...gap, resumesAt: this.#position + found.at } : gap;
      this.#skip(skipped, found?.seed ?? 0);
      if (found) continue;
      if (skipped < rest.length) yield this.#blank(rest.subarray(skipped));
      return;
    }
  }

  get #position(): number {
    return this.#base + this.#at;
  }

  #frame(): FrameFinding {
    const { flags, payloadStart, payloadEnd, next } = this.#view;
    const offset = this.#position;
    const kind = kindOf(flags);
    this.#parts.push(this.#window.subarray(payloadStart, payloadEnd));
    const finding = {
      type: 'frame',
      offset,
      bytes: next - this.#at,
      kind: KINDS[kind],
      flags: FLAGS.flatMap(([bit, name]) => ((flags & bit) === 0 ? [] : [name])),
      crc: this.#chain.seed,
    } as const;
    this.#at = next;
    if ((flags & END) === 0) return finding;
    const payload = concat(this.#parts);
    this.#parts = [];
    this.#start = this.#position;
    this.#headed = true;
    if (kind !== KIND.block) this.#inRun = kind === KIND.header && (flags & FLIGHT) === 0;
    return (flags & SEALED) === 0 ? { ...finding, ...contentOf(kind, payload) } : finding;
  }

  /** Whether it may be an append that tore: not what was put in place as a whole, nor what does not begin a log. */
  #mayBeTorn(rest: Uint8Array): boolean {
    if (this.#headed) return !this.#inRun;
    return rest[0] === MARKER && ((rest[1] ?? FLIGHT) & FLIGHT) !== 0 && hasMagic(rest, FRAME_HEAD_BYTES);
  }

  #gap(type: GapFinding['type'], bytes: number, message: string): GapFinding {
    return { type, offset: this.#start, bytes, message };
  }

  #blank(rest: Uint8Array): GapFinding {
    const message = rest[0] === 0 ? 'zeros, never written' : '0xFF, erased and never written';
    return { type: 'blank', offset: this.#position, bytes: rest.length, message };
  }

  #skip(bytes: number, seed: number): void {
    this.#at += bytes;
    this.#chain.seed = seed;
    this.#start = this.#position;
    this.#parts = [];
    this.#headed = true;
    this.#inRun = false;
    this.#stopped = false;
  }
}

/** Why no frame that continues the chain begins at the start of these bytes. */
function wrongWith(bytes: Uint8Array, chain: Chain): string {
  const [marker = 0, flags = 0] = bytes;
  if (marker !== MARKER) return `no frame begins with ${hex(marker, 2)}`;
  if (bytes.length < FRAME_HEAD_BYTES) return 'the head of a frame is cut short';
  const length = getU32(bytes, 2);
  if (!isPossible(flags, length)) return `no frame has the flags ${hex(flags, 2)} and a length of ${length}`;
  if (bytes.length < FRAME_BYTES + length)
    return `a frame of ${FRAME_BYTES + length} bytes is cut short, or its length is wrong`;
  const end = FRAME_HEAD_BYTES + length;
  const crc = chain.crc32(bytes.subarray(1, end), chain.seed);
  return `the checksum of what stands here is ${hex(crc, 8)}, and ${hex(getU32(bytes, end), 8)} is what was written`;
}
