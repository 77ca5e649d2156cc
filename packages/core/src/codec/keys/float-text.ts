/**
 * Floats as hexadecimal digits that sort as the floats do: the bits of the IEEE 754 double, high ones first,
 * with the sign bit set for positive numbers and all bits turned for negative ones; zeros at the end are left
 * out. 0 is `8`, 1 is `bff`, 1.5 is `bff8`, -1 is `400fffffffffffff`.
 */

/** `float` is finite; -0 is taken as 0. The digits are never the start of another's if U+0000 follows them. */
export function floatToText(float: number): string {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, float + 0);
  turn(view, float < 0);
  return (hex(view.getUint32(0)) + hex(view.getUint32(4))).replace(/0+$/, '');
}

/** @returns undefined when it is not what `floatToText` makes */
export function floatFromText(text: string): number | undefined {
  if (!/^[0-9a-f]{0,15}[1-9a-f]$/.test(text)) return undefined;
  const digits = text.padEnd(16, '0');
  const view = new DataView(new ArrayBuffer(8));
  view.setUint32(0, Number.parseInt(digits.slice(0, 8), 16));
  view.setUint32(4, Number.parseInt(digits.slice(8), 16));
  turn(view, digits < '8');
  const float = view.getFloat64(0);
  return Number.isFinite(float) && !Object.is(float, -0) ? float : undefined;
}

/** Bits to sortable bits, and back: only the sign of a positive number, all of a negative one. */
function turn(view: DataView, negative: boolean): void {
  view.setUint32(0, view.getUint32(0) ^ (negative ? 0xffffffff : 0x80000000));
  if (negative) view.setUint32(4, ~view.getUint32(4));
}

function hex(figure: number): string {
  return figure.toString(16).padStart(8, '0');
}
