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
  /** large.ts: a commit as a group; whether the group is whole that a record is of; the value that a large put stands for. */
  _writeGroup(body: Uint8Array, spares: number, mark?: number, seq?: number): void;
  _isWhole(seq: number, at: number): boolean;
  _valueOf(entry: Changes): Uint8Array;
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

export var scripts: Scripts = {
  _write: noNested,
  _read: noNested,
  _index: missing('index'),
  _writeGroup: noLarge,
  _isWhole: noLarge,
  _valueOf: noLarge,
  _isInside: noLarge,
};
