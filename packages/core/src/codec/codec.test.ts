import { describe, expect, test } from 'vitest';
import { codeOf } from '../../test/stores.ts';
import { TAG } from '../format/change.ts';
import { type Codec, defineCodec } from './codec.ts';
import { ValueCodecs } from './values.ts';

function codec(tag: number): Codec<Date> {
  return {
    name: 'date',
    tag,
    accepts: (value): value is Date => value instanceof Date,
    encode: () => new Uint8Array(0),
    decode: () => new Date(0),
  };
}

describe('defineCodec', () => {
  test.each([16, 255, TAG.msgpack])('takes the tag %s, and gives the codec back, frozen', (tag) => {
    const given = codec(tag);
    expect(defineCodec(given)).toBe(given);
    expect(Object.isFrozen(given)).toBe(true);
  });

  test.each([0, TAG.json, TAG.null, 15, 256, -1, 16.5, Number.NaN, '16'])(
    'refuses the tag %s, and says whose',
    (tag) => {
      expect(codeOf(() => defineCodec(codec(tag as number)))).toBe('INVALID_OPTION');
      expect(() => defineCodec(codec(tag as number))).toThrow('codec date');
    },
  );
});

describe('the codecs of a store', () => {
  test('are asked in order, for objects and bigints', () => {
    const asked: string[] = [];
    const asks = (name: string, tag: number): Codec => ({
      ...codec(tag),
      accepts: (value): value is unknown => {
        asked.push(name);
        return value instanceof Date && tag === 17;
      },
    });
    const codecs = new ValueCodecs([asks('first', 16), asks('second', 17), asks('third', 18)]);
    const writer = {
      tags: [] as number[],
      u8: (tag: number) => void writer.tags.push(tag),
      sized: () => undefined,
    };
    codecs.write(writer as never, new Date(0));
    expect([asked, writer.tags]).toEqual([['first', 'second'], [17]]);
  });

  test('one more may be added once, but no two with one tag', () => {
    const one = codec(16);
    const codecs = new ValueCodecs([one]);
    expect(codecs.with(one)).toBe(codecs);
    expect(codecs.with(codec(17))).not.toBe(codecs);
    expect(codeOf(() => codecs.with(codec(16)))).toBe('INVALID_OPTION');
    expect(codeOf(() => new ValueCodecs([one, codec(16)]))).toBe('INVALID_OPTION');
  });
});
