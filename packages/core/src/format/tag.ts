/** Value tags: how the bytes of a value are to be read. 16 to 255 are for codecs of users (constants, not an object: minifiers put the figures in). */
const yes = 7;
const no = 8;
const nothing = 9;

export const bytes = 1;
export const utf8 = 2;
export const json = 3;
export const msgpack = 4;
export const float64 = 5;
export const int = 6;
export { no as false, nothing as null, yes as true };
