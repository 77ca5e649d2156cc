import { describe, expect, it } from 'vitest';
import { framed, scan, text } from '../../test/framing.ts';
import { toySession } from '../../test/toy-cipher.ts';
import * as frame from './frame.ts';
import { BATCH_BYTES, FrameWriter } from './frame-writer.ts';

const { CONTINUES, END, FLIGHT, KIND, MAX_PAYLOAD_BYTES, SEALED } = frame;

/** Flags and payload length of each frame. */
function layout(bytes: Uint8Array): [flags: number, length: number][] {
  const chain = frame.startChain();
  const view = frame.emptyFrameView();
  const found: [number, number][] = [];
  for (let at = 0; at < bytes.length; at = view.next) {
    expect(frame.readFrame(bytes, at, chain, view)).toBe(frame.FRAME_OK);
    found.push([view.flags, view.payloadEnd - view.payloadStart]);
  }
  return found;
}

describe('FrameWriter', () => {
  it('splits payloads over 1 MiB; flags go to the first frame, the end to the last, and all but the first continue', () => {
    const split = (length: number): [number, number][] =>
      layout(framed([{ kind: KIND.block, payload: new Uint8Array(length), flags: FLIGHT }]).bytes.slice(0));
    const writer = new FrameWriter(frame.startChain(), undefined);
    const lengths = [
      0,
      MAX_PAYLOAD_BYTES - 1,
      MAX_PAYLOAD_BYTES,
      MAX_PAYLOAD_BYTES + 1,
      2 * MAX_PAYLOAD_BYTES + 5,
    ];
    for (const length of lengths) writer.add(KIND.block, new Uint8Array(length), FLIGHT);
    expect(layout(writer.take())).toEqual([
      [KIND.block | FLIGHT | END, 0],
      [KIND.block | FLIGHT | END, MAX_PAYLOAD_BYTES - 1],
      [KIND.block | FLIGHT | END, MAX_PAYLOAD_BYTES],
      [KIND.block | FLIGHT, MAX_PAYLOAD_BYTES],
      [KIND.block | CONTINUES | END, 1],
      [KIND.block | FLIGHT, MAX_PAYLOAD_BYTES],
      [KIND.block | CONTINUES, MAX_PAYLOAD_BYTES],
      [KIND.block | CONTINUES | END, 5],
    ]);
    expect(split(3)).toEqual([[KIND.block | FLIGHT | END, 3]]);
  });

  it('gives back large messages as they were', () => {
    const payload = new Uint8Array(2.5 * MAX_PAYLOAD_BYTES).map((_, i) => i * 31 + (i >>> 11));
    for (const session of [undefined, toySession(7)]) {
      const { bytes } = framed(
        [
          { kind: KIND.commit, payload },
          { kind: KIND.commit, payload: text('next') },
        ],
        session,
      );
      const { messages } = scan([bytes], session);
      expect(messages.map(({ payload }) => payload.length)).toEqual([payload.length, 4]);
      expect(Buffer.from(messages[0]!.payload).equals(payload)).toBe(true);
    }
  });

  it('leaves room for what sealing adds, and never seals the header', () => {
    const { overheadBytes } = { overheadBytes: 8 };
    const writer = new FrameWriter(frame.startChain(), toySession(7), overheadBytes);
    writer.add(KIND.header, text('head'));
    writer.add(KIND.commit, new Uint8Array(MAX_PAYLOAD_BYTES));
    expect(layout(writer.take())).toEqual([
      [KIND.header | END, 4],
      [KIND.commit | SEALED, MAX_PAYLOAD_BYTES],
      [KIND.commit | SEALED | CONTINUES | END, 2 * overheadBytes],
    ]);
  });

  it('hands over what was added since the last time, one chain over all of it', () => {
    const writer = new FrameWriter(frame.startChain(), undefined);
    const taken: Uint8Array[] = [];
    for (const payload of [text('a'), new Uint8Array(5 * BATCH_BYTES), text('b'), new Uint8Array(9000)]) {
      writer.add(KIND.commit, payload);
      const { length } = writer;
      const bytes = writer.take();
      expect(bytes.length).toBe(length);
      expect(bytes.length).toBe(frame.framedBytes(payload.length));
      expect(writer.length).toBe(0);
      taken.push(bytes.slice());
    }
    expect(writer.take().length).toBe(0);
    const { messages, scanner } = scan(taken);
    expect(messages.map(({ payload }) => payload.length)).toEqual([1, 5 * BATCH_BYTES, 1, 9000]);
    expect(scanner.seed).toBe(writer.chain.seed);
  });

  it('does not keep a buffer that one large message has stretched', () => {
    const writer = new FrameWriter(frame.startChain(), undefined);
    writer.add(KIND.commit, new Uint8Array(5 * BATCH_BYTES));
    writer.take();
    writer.add(KIND.commit, text('small'));
    expect(writer.take().buffer.byteLength).toBeLessThanOrEqual(BATCH_BYTES);
  });
});
