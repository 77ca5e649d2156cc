import fc from 'fast-check';

/** A string as the device face has it: the bytes of its UTF-8. */
export function byteString(text: string): string {
  return Buffer.from(text).toString('latin1');
}

const text = fc.string({ unit: 'binary' }).map(byteString);
const name = fc
  .oneof(text, fc.constantFrom('constructorOf', 'toString', '', '1'))
  .filter((one) => one !== '__proto__');
const number = fc.oneof(
  fc.double(),
  fc.maxSafeInteger(),
  fc.integer(),
  fc.integer({ min: -300, max: 70_000 }),
);

/** Values that the device carries. */
export const { value: anyValue } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 5 },
    number,
    fc.constantFrom(null, true, false, Number.NaN, Infinity, -Infinity),
    text,
    fc.uint8Array(),
    fc.array(tie('value'), { maxLength: 20 }),
    fc.array(fc.tuple(name, tie('value')), { maxLength: 20 }).map((fields) => Object.fromEntries(fields)),
  ),
}));
