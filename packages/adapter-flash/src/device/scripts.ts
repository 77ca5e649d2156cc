/** What the scripts beside the core add to it: each has an `addTo`, which boards call once when they start. */
import { failure } from './error.ts';
import type { Index } from './ring.ts';

interface Scripts {
  /** msgpack.ts: a value as MessagePack, and back from it or from JSON. */
  _write(value: unknown): Uint8Array;
  _read(tag: number, bytes: Uint8Array): unknown;
  /** sorted-index.ts: an index of the ring in use, empty, with room for so many entries. */
  _index(capacity: number): Index;
  /** data.ts. */
  _toData(): Uint8Array;
  _fromData(bytes: Uint8Array): void;
}

/** @returns what throws the error that says which script to load */
function missing(name: string): () => never {
  return function () {
    throw failure('UNSUPPORTED', 'needs isokv-' + name);
  };
}

var noData: () => never = missing('data');
var noNested: () => never = missing('msgpack');

export var scripts: Scripts = {
  _write: noNested,
  _read: noNested,
  _index: missing('index'),
  _toData: noData,
  _fromData: noData,
};
