import { type Codec, defineCodec } from '@isokv/core';
import { readMessage } from './read.ts';
import { carriesWhole, isPlainData, writeMessage } from './write.ts';

/**
 * Values as MessagePack. In the option `codecs` of a store it takes plain objects and arrays, dates, maps, sets and
 * bigints; text, numbers and bytes have shorter forms of their own. As the `codec` of a namespace it takes all.
 *
 * Maps and sets keep their order. An object that is in two places comes back as two; a value with bytes, a date, a
 * map or a set anywhere in it is decoded anew for every read, because nothing can freeze those.
 */
export const msgpack: Codec = defineCodec({
  name: 'MessagePack',
  tag: 4,
  accepts: (value): value is unknown =>
    typeof value === 'bigint' || (isObject(value) && (isPlainData(value) || carriesWhole(value))),
  encode: writeMessage,
  decode: readMessage,
});

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !(value instanceof Uint8Array);
}
