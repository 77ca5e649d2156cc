/** The changes in a record, as docs/FORMAT.md and docs/FLASH.md have them: whose they are, and where. */
import { corrupt } from '@isokv/core';

const KINDS = [undefined, 'put', 'delete', 'namespace', 'clear', 'chunk', 'large', 'mark', 'run'] as const;
type ChangeKind = NonNullable<(typeof KINDS)[number]>;
const EXPIRES = 16;

export interface FoundChange {
  readonly kind: ChangeKind;
  readonly namespace: string;
  readonly key: string;
  /** Bytes from the start of the page. */
  readonly from: number;
  readonly to: number;
  /** Epoch milliseconds, undefined for never. */
  readonly expiresAt?: number;
  /** The number of a chunk, from 1. */
  readonly part?: number;
  /** The commit that a large value and its chunks are of; of a mark, its own. */
  readonly id?: number;
  /** Of a large value, how many chunks make it. */
  readonly chunks?: number;
  /** Of a value or a piece of it, in bytes. */
  readonly length?: number;
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** @throws CORRUPT for what is not a change */
export function* changesOf(bytes: Uint8Array, start: number, end: number): Generator<FoundChange> {
  let at = start;
  let namespace = '';
  const pass = (count: number): number => {
    if (count > end - at) throw corrupt('a length that reaches past the end');
    at += count;
    return at - count;
  };
  const varint = (): number => {
    let figure = 0;
    for (let scale = 1; scale <= 2 ** 49; scale *= 128) {
      const byte = bytes[pass(1)] as number;
      figure += (byte & 127) * scale;
      if (byte > 127) continue;
      if (figure > Number.MAX_SAFE_INTEGER || (byte === 0 && scale > 1)) break;
      return figure;
    }
    throw corrupt('a varint that is too large, or longer than it need be');
  };
  const text = (): string => {
    const length = varint();
    const from = pass(length);
    try {
      return utf8.decode(bytes.subarray(from, at));
    } catch {
      throw corrupt('a name that is not UTF-8');
    }
  };
  while (at < end) {
    const from = at;
    const head = bytes[pass(1)] as number;
    const kind = KINDS[head & 15];
    if (!kind || head >= 2 * EXPIRES) throw corrupt(`a change of unknown kind ${head}`);
    if (kind === 'mark' || kind === 'run') {
      const id = varint();
      namespace = text();
      yield { kind, namespace, key: '', from, to: at, id };
    } else if (kind === 'namespace' || kind === 'clear') {
      if (kind === 'namespace') namespace = text();
      yield { kind, namespace, key: '', from, to: at };
    } else {
      const key = text();
      const expiresAt = head & EXPIRES ? { expiresAt: varint() } : {};
      const piece = kind === 'chunk' ? { part: varint(), id: varint() } : {};
      if (kind === 'put' || kind === 'large') pass(1); // The tag of the value.
      const length = kind === 'delete' ? {} : { length: varint() };
      if (kind === 'put' || kind === 'chunk') pass(length.length ?? 0);
      const whole = kind === 'large' ? { id: varint(), chunks: varint() } : {};
      yield { kind, namespace, key, from, to: at, ...expiresAt, ...piece, ...length, ...whole };
    }
  }
}
