import { describe, expect, it } from 'vitest';
import { bitFlips, framed, text } from '../../test/framing.ts';
import { FLIGHT, KIND } from './frame.ts';
import { wasAcknowledged } from './resume.ts';

const commit = (payload: string, flags = 0) => ({ kind: KIND.commit, payload: text(payload), flags });
/** Whether a flight follows the damage in what stands after the first frame. */
function found(bytes: Uint8Array, start: number): boolean {
  const seed = new DataView(bytes.buffer, bytes.byteOffset).getUint32(start - 4, true);
  return wasAcknowledged(bytes.subarray(start), undefined, seed, true);
}

describe('wasAcknowledged', () => {
  const { bytes, starts } = framed([
    commit('a', FLIGHT),
    commit('b', FLIGHT),
    commit('c'),
    commit('d', FLIGHT),
  ]);
  const [, b, , d] = starts as [number, number, number, number];

  it('finds it whichever bit of an earlier flight is turned', () => {
    for (const { flipped, at } of bitFlips(bytes)) {
      if (at < b || at >= d) continue;
      // The scan comes as far as the frame that is damaged.
      expect(found(flipped, starts.filter((start) => start <= at).at(-1)!)).toBe(true);
    }
  });

  it('finds none when the damage is in the last flight, or its end is missing', () => {
    const { bytes, starts } = framed([commit('a', FLIGHT), commit('b', FLIGHT), commit('c'), commit('d')]);
    for (const { flipped, at } of bitFlips(bytes)) {
      if (at >= starts[1]! + 2) expect(found(flipped, starts[1]!)).toBe(false);
    }
    for (let end = starts[1]!; end < bytes.length; end++)
      expect(found(bytes.subarray(0, end), starts[1]!)).toBe(false);
  });

  it('finds it after any number of bytes that say nothing', () => {
    const flight = framed([commit('b', FLIGHT), commit('c', FLIGHT)]);
    for (const between of [0, 0xf5, 0xff, 0x10]) {
      const tail = Uint8Array.of(
        ...new Array(1000).fill(between),
        ...flight.bytes.subarray(flight.starts[1]! - 4),
      );
      expect(wasAcknowledged(tail, undefined, 0, true)).toBe(true);
      expect(wasAcknowledged(tail.subarray(0, -1), undefined, 0, true)).toBe(false);
    }
  });

  it('takes frames of a run for it only where not even a header stands before', () => {
    const { bytes, starts } = framed([
      { kind: KIND.header, payload: text('header') },
      { kind: KIND.block, payload: text('block') },
      { kind: KIND.runEnd, payload: text('end') },
    ]);
    bytes[8]! ^= 1;
    expect(wasAcknowledged(bytes, undefined, 0, false)).toBe(true);
    expect(wasAcknowledged(bytes.subarray(0, starts[2]), undefined, 0, false)).toBe(true);
    // Such as a value that is itself the data of a store.
    expect(wasAcknowledged(bytes, undefined, 0, true)).toBe(false);
  });
});
