/** What the scripts beside the core add to it: each has an `addTo`, which boards call once when they start. */
import type { Changes } from './change.ts';
import { fail } from './error.ts';
import type { Index } from './ring.ts';

interface Scripts {
  /** msgpack.ts: a value as MessagePack, and back from it or from JSON. */
  _write(value: unknown): Uint8Array;
  _read(tag: number, bytes: Uint8Array): unknown;
  /** sorted-index.ts: an index of the ring in use, with room for so many entries. */
  _index(capacity: number): Index;
  /** crc32.ts: of a device without one. */
  _crc32(bytes: Uint8Array): number;
  /** utf8.ts: whether text that is not ASCII is UTF-8. */
  _isUtf8(text: string): boolean;
  /** summary.ts: what it is to know of a record written to the head; the bytes that a page keeps for it; its writing. */
  _keepItems(kind: number, changes: Changes): void;
  _summaryBytes(items: number): number;
  _seal(): boolean;
  /** The newest change of an entry, or of what clears its namespace. */
  _find(space: string, key: string, part: number): Changes | null;
  /** large.ts: a commit as a group; whether the group is whole that a record is of; the value that a large put stands for. */
  _writeGroup(body: Uint8Array, spares: number, mark?: number, seq?: number): void;
  _isWhole(seq: number, at: number): boolean;
  _large(entry: Changes): Uint8Array;
  /** Takes note that a page begins inside a group; newest page first. */
  _isInside(seq: number): void;
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

export var scripts: Scripts = {
  _crc32: missing('crc32'),
  _isUtf8: missing('utf8'),
  _keepItems: nothing,
  _summaryBytes: nothing,
  _seal: nothing,
  _find: nothing, // Until find.ts is there.
  _write: noNested,
  _read: noNested,
  _index: missing('index'),
  _writeGroup: noLarge,
  _isWhole: noLarge,
  _large: noLarge,
  _isInside: noLarge,
};
