/** Helpers of the tests of format/ and log/: messages to frames and back. */
import type { CipherSession } from '../src/cipher.ts';
import { type Kind, startChain } from '../src/format/frame.ts';
import { FrameWriter } from '../src/format/frame-writer.ts';
import { FrameScanner, type Message } from '../src/format/scanner.ts';

export interface Plain {
  kind: Kind;
  payload: Uint8Array;
  flags?: number;
}

/** The frames of `messages`, and where each begins. */
export function framed(
  messages: readonly Plain[],
  session?: CipherSession,
): { bytes: Uint8Array; starts: number[] } {
  const writer = new FrameWriter(startChain(), session, 64);
  const starts: number[] = [];
  for (const { kind, payload, flags } of messages) {
    starts.push(writer.length);
    writer.add(kind, payload, flags);
  }
  return { bytes: writer.take().slice(), starts };
}

/** What a scanner finds in `pieces`, fed one after the other. */
export function scan(
  pieces: readonly Uint8Array[],
  session?: CipherSession,
): { messages: Message[]; scanner: FrameScanner } {
  const scanner = new FrameScanner(undefined, 0);
  scanner.session = session;
  const messages: Message[] = [];
  for (const piece of pieces) {
    scanner.feed(piece);
    for (let message = scanner.next(); message; message = scanner.next()) messages.push(message);
  }
  return { messages, scanner };
}

export function text(content: string): Uint8Array {
  return new TextEncoder().encode(content);
}

/** Every copy of `bytes` with one bit turned. */
export function* bitFlips(bytes: Uint8Array): Generator<{ flipped: Uint8Array; at: number; bit: number }> {
  for (let at = 0; at < bytes.length; at++) {
    for (let bit = 0; bit < 8; bit++) {
      const flipped = bytes.slice();
      flipped[at]! ^= 1 << bit;
      yield { flipped, at, bit };
    }
  }
}
