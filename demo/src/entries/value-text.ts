/** A value as the table shows it: as JSON, where JSON says all of it. */
export function valueText(value: unknown): string {
  if (value instanceof Uint8Array) return `${value.length} bytes`;
  return isJson(value) ? (JSON.stringify(value) ?? '') : Object.is(value, -0) ? '-0' : String(value);
}

/** Whether what is read back from its JSON is the same: else editing it as JSON would change it. */
export function isJson(value: unknown): boolean {
  if (typeof value === 'number') return Number.isFinite(value) && !Object.is(value, -0);
  return value !== undefined && !(value instanceof Uint8Array);
}
