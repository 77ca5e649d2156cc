/** What the scripts beside the core add to it: each has an `addTo`, which boards call once when they start. */
import type { Changes } from './change.ts';
import { fail } from './error.ts';
import type { Index, Ring } from './ring.ts';

export interface Scripts extends Index {
  /** The ring that is worked on. */
  _ring: Ring;
  /** msgpack.ts: a value as MessagePack, and back from it or from JSON. */
  _write(value: unknown): Uint8Array;
  _read(tag: number, bytes: Uint8Array): unknown;
  /** sorted-index.ts: gives the ring in use an index, with room for so many entries. */
  _index(capacity: number): void;
  /** crc32.ts: of a device without one. */
  crc32(bytes: Uint8Array): number;
  /** utf8.ts: whether text that is not ASCII is UTF-8. */
  _isUtf8(text: string): boolean;
  /** summary.ts: what it is to know of a record written to the head; the bytes that a page keeps for it; its writing. */
  _keepItems(kind: number, changes: Changes): void;
  _summaryBytes(items: number): number;
  _seal(): number;
  /** large.ts: a commit as a group; whether the group is whole that a record is of. */
  _writeGroup(body: Uint8Array, spares: number, mark?: number, seq?: number): void;
  _isWhole(seq: number, at: number): boolean;
  /** Takes note that a page begins inside a group; newest page first. */
  _isInside(seq: number): void;
  /** The last commit that these changes, of a group's last record, say they are of. */
  _lastMark(changes: Changes): number;
  /** Reads a change that only flash has, whose first byte was `head`. */
  _readSpecial(changes: Changes, head: number): void;
  /** Whether a chunk is of the large value in force. */
  _isPiece(chunk: Changes): boolean;
  /** The value that a large put stands for. */
  _large(entry: Changes): Uint8Array;
}

/** @returns what throws the error that says which script to load */
export function missing(name: string): () => never {
  return function () {
    return fail('UNSUPPORTED', 'needs isokv-' + name);
  };
}

var noNested: () => never = missing('msgpack');
var noLarge: () => never = missing('large');

function nothing(): never {
  return 0 as never;
}

export var scripts = {
  crc32: missing('crc32'),
  _isUtf8: missing('utf8'),
  _keepItems: nothing,
  _summaryBytes: nothing,
  _seal: nothing,
  _find: nothing, // Until find.ts is there.
  _note: nothing,
  _drop: nothing,
  _write: noNested,
  _read: noNested,
  _index: missing('index'),
  _writeGroup: noLarge,
  _isWhole: noLarge,
  _isInside: noLarge,
  _lastMark: noLarge,
  _readSpecial: noLarge,
  _isPiece: noLarge,
  _large: noLarge,
} as Omit<Scripts, '_ring'> as Scripts;
