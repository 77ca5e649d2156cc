import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bitFlips, framed, type Plain, scan, text } from '../../test/framing.ts';
import { CONTINUES, END, FLIGHT, KIND, putFrame, startChain } from './frame.ts';
import { FrameScanner, type Message } from './scanner.ts';

const small: Plain[] = [
  { kind: KIND.header, payload: text('header'), flags: FLIGHT },
  { kind: KIND.commit, payload: text('first') },
  { kind: KIND.commit, payload: new Uint8Array(0), flags: FLIGHT },
  { kind: KIND.commit, payload: Uint8Array.of(0xf5, 0, 0xff, 0xf5, 0x08), flags: FLIGHT },
];
const { bytes, starts } = framed(small);

const shape = ({ payload, ...rest }: Message) => ({ payload: [...payload], ...rest });
const whole = scan([bytes]).messages.map(shape);

/** The frames of `bytes`, one by one. */
const frames = starts.map((start, i) => bytes.slice(start, starts[i + 1] ?? bytes.length));

describe('FrameScanner', () => {
  it('gives messages, each with its place', () => {
    expect(whole).toEqual(
      small.map(({ kind, payload, flags }, i) => ({
        kind,
        payload: [...payload],
        flight: flags === FLIGHT,
        start: starts[i],
        end: starts[i + 1] ?? bytes.length,
      })),
    );
  });

  it('counts from the position it is given', () => {
    const scanner = new FrameScanner(undefined, 1000);
    scanner.feed(bytes);
    expect(scanner.next()).toMatchObject({ start: 1000, end: 1000 + starts[1]! });
    expect(scanner.position).toBe(1000 + starts[1]!);
    expect(scanner.restPosition).toBe(1000 + starts[1]!);
  });

  it('goes on in a chain from the seed it is given', () => {
    const first = new FrameScanner(undefined, 0);
    first.feed(bytes.subarray(0, starts[2]));
    while (first.next());
    const second = new FrameScanner(undefined, first.position, first.seed);
    second.feed(bytes.subarray(first.position));
    expect(shape(second.next()!)).toEqual(whole[2]);
  });

  it('at every cut gives the messages before it, and all of them when the rest has come', () => {
    for (let cut = 0; cut <= bytes.length; cut++) {
      const scanner = new FrameScanner(undefined, 0);
      scanner.feed(bytes.slice(0, cut));
      const found: Message[] = [];
      for (let message = scanner.next(); message; message = scanner.next()) found.push(message);
      const before = whole.filter(({ end }) => end <= cut);
      expect(found.map(shape)).toEqual(before);
      expect(scanner.position).toBe(before.at(-1)?.end ?? 0);
      expect(scanner.end).toBe('cut');
      expect(scanner.rest).toEqual(bytes.slice(scanner.restPosition, cut));
      scanner.feed(bytes.slice(cut));
      for (let message = scanner.next(); message; message = scanner.next()) found.push(message);
      expect(found.map(shape)).toEqual(whole);
    }
  });

  it('gives the same messages from pieces of any size, copied or not', () => {
    const one = [...bytes].map((byte) => Uint8Array.of(byte));
    expect(scan(one).messages.map(shape)).toEqual(whole);
    fc.assert(
      fc.property(fc.array(fc.nat(bytes.length)), fc.boolean(), (cuts, copied) => {
        const at = [0, ...cuts.sort((a, b) => a - b), bytes.length];
        const pieces = at
          .slice(1)
          .map((end, i) => (copied ? bytes.slice(at[i], end) : bytes.subarray(at[i], end)));
        expect(scan(pieces).messages.map(shape)).toEqual(whole);
      }),
    );
  });

  it('joins views of one buffer that touch without a copy', () => {
    for (let cut = 1; cut < bytes.length; cut++) {
      const { messages } = scan([bytes.subarray(0, cut), bytes.subarray(cut)]);
      expect(messages.every(({ payload }) => payload.buffer === bytes.buffer)).toBe(true);
    }
    // The same buffer, but not next to each other.
    const apart = new Uint8Array(bytes.length + 1);
    apart.set(bytes.subarray(0, 9));
    apart.set(bytes.subarray(9), 10);
    const { messages } = scan([apart.subarray(0, 9), apart.subarray(10)]);
    expect(messages.map(shape)).toEqual(whole);
  });

  it('finds no message but those before a turned bit', () => {
    for (const { flipped, at } of bitFlips(bytes)) {
      const { messages, scanner } = scan([flipped]);
      expect(messages.map(shape)).toEqual(whole.filter(({ end }) => end <= at));
      expect(scanner.restPosition).toBeLessThanOrEqual(at);
    }
  });

  it('says why it ended', () => {
    expect(scan([bytes, new Uint8Array(3)]).scanner.end).toBe('blank');
    expect(scan([bytes, Uint8Array.of(0xff)]).scanner.end).toBe('blank');
    expect(scan([bytes, Uint8Array.of(1)]).scanner.end).toBe('bad');
    expect(scan([bytes, Uint8Array.of(0xf5)]).scanner.end).toBe('cut');
    expect(scan([bytes]).scanner.end).toBe('cut');
  });
});

describe('the chain', () => {
  const [a, b, c, d] = frames as [Uint8Array, Uint8Array, Uint8Array, Uint8Array];
  it.each([
    ['dropped', [a, c, d], 1],
    ['dropped at the start', [b, c, d], 0],
    ['in another order', [a, c, b, d], 1],
    ['twice', [a, b, b, c, d], 2],
    ['from an older log', [a, framed(small.slice(1)).bytes.slice(0, b.length), c, d], 1],
  ])('does not go on over a frame that is %s', (_, pieces, valid) => {
    const { messages, scanner } = scan(pieces);
    expect(messages.map(shape)).toEqual(whole.slice(0, valid));
    expect(scanner.end).toBe('bad');
  });
});

describe('a message of several frames', () => {
  /** Frames as they come, with no writer to set their flags. */
  function raw(parts: readonly [flags: number, payload: string][]): Uint8Array {
    const chain = startChain();
    const bytes = new Uint8Array(1000);
    let at = 0;
    for (const [flags, payload] of parts) at = putFrame(bytes, at, flags, text(payload), chain);
    return bytes.slice(0, at);
  }

  it('counts when its last frame is there, and is one payload then', () => {
    const split = raw([
      [KIND.commit | END, 'x'],
      [KIND.commit, 'ab'],
      [KIND.commit | CONTINUES, ''],
      [KIND.commit | CONTINUES | END, 'c'],
    ]);
    const { messages } = scan([split]);
    expect(messages.map(({ payload }) => Buffer.from(payload).toString())).toEqual(['x', 'abc']);
    for (let cut = messages[0]!.end; cut < split.length; cut++) {
      const { messages: found, scanner } = scan([split.subarray(0, cut)]);
      expect(found.length).toBe(1);
      expect(scanner.position).toBe(messages[0]!.end);
      expect(scanner.restPosition).toBeLessThanOrEqual(cut);
    }
  });

  it('of two kinds raises CORRUPT', () => {
    const mixed = raw([
      [KIND.commit, 'ab'],
      [KIND.block | CONTINUES | END, 'c'],
    ]);
    expect(() => scan([mixed])).toThrow(expect.objectContaining({ code: 'CORRUPT', offset: 12 }));
  });

  it('without its beginning, or without its end, raises CORRUPT', () => {
    const headless = raw([[KIND.commit | CONTINUES | END, 'c']]);
    expect(() => scan([headless])).toThrow(expect.objectContaining({ code: 'CORRUPT', offset: 0 }));
    const endless = raw([
      [KIND.commit, 'ab'],
      [KIND.commit | END, 'c'],
    ]);
    expect(() => scan([endless])).toThrow(expect.objectContaining({ code: 'CORRUPT', offset: 12 }));
  });
});
