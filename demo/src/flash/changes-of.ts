/** The changes in a record, as docs/FORMAT.md and docs/FLASH.md have them: whose they are, and where. */

export interface ChangePlace {
  /** Namespace and key, and which piece of a value that is in pieces. */
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly isPut: boolean;
}

const DELETE = 2;
const NAMESPACE = 3;
const CLEAR = 4;
const CHUNK = 5;
const LARGE = 6;
const MARK = 7;
const EXPIRES = 16;

export function* changesOf(bytes: Uint8Array, start: number, end: number): Generator<ChangePlace> {
  let at = start;
  let namespace = '';
  const varint = (): number => {
    let figure = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = bytes[at++] ?? 0;
      figure += (byte & 127) * scale;
      if (byte < 128) return figure;
    }
  };
  const text = (): string => {
    const length = varint();
    at += length;
    return String.fromCharCode(...bytes.subarray(at - length, at));
  };
  while (at < end) {
    const from = at;
    const head = bytes[at++] ?? 0;
    const kind = head & 15;
    if (kind >= MARK) varint();
    if (kind >= MARK || kind === NAMESPACE) namespace = text();
    if (kind >= MARK || kind === NAMESPACE || kind === CLEAR) continue;
    let name = `${namespace}\0${text()}`;
    if (head & EXPIRES) varint();
    if (kind === CHUNK) {
      name += `\0${varint()}`;
      varint();
    } else if (kind !== DELETE) at++; // The tag of the value.
    if (kind === LARGE) for (let figure = 0; figure < 3; figure++) varint();
    else if (kind !== DELETE) at += varint();
    yield { name, from, to: at, isPut: kind !== DELETE };
  }
}
