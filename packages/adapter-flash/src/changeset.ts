/** What is written, as changes. */
import type { Commit } from '@isokv/core';
import { made, put, putText, putVarint } from './device/bytes.ts';
import { DELETE, MARK, putNamespace } from './device/change.ts';
import { names, putOf } from './device/data.ts';
import { isEntry } from './device/find.ts';
import { ring } from './device/ring.ts';
import type { Entries } from './log-reader.ts';

/** The changes of a commit: its payload without the seq in front. */
export function changesOf(payload: Uint8Array, seq: number): Uint8Array {
  return payload.subarray(made(() => putVarint(seq)).length);
}

/** What makes the content of the ring in use that of `run` with `commits` after it: only what differs is written. */
export function changesTo(run: Entries, commits: readonly Commit[]): Uint8Array {
  const body = new Changeset();
  for (const { _space: space, _key: key } of names()) {
    if (!run.get(space, key)) body.delete(space, key);
  }
  for (const [space, entries] of run.spaces) {
    for (const [key, put] of entries) {
      const current = ring._index._find(space, key);
      if (!isEntry(current) || !sameBytes(putOf(current), put)) body.put(space, put);
    }
  }
  for (const { seq, payload } of commits) {
    body.mark(MARK, seq);
    body.raw(changesOf(payload, seq));
  }
  return body.take();
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}

/** Changes as bytes, put together piece by piece. */
class Changeset {
  readonly #parts: Uint8Array[] = [];
  #length = 0;
  #space = '';

  /** What follows is of this commit, or of the run up to it, and begins in the namespace ''. */
  mark(kind: number, seq: number): void {
    this.raw(
      made(() => {
        put(kind);
        putVarint(seq);
        putText('');
      }),
    );
    this.#space = '';
  }

  /** `put`: the change, encoded. */
  put(space: string, put: Uint8Array): void {
    this.#inSpace(space);
    this.raw(put);
  }

  delete(space: string, key: string): void {
    this.#inSpace(space);
    this.raw(
      made(() => {
        put(DELETE);
        putText(key);
      }),
    );
  }

  raw(bytes: Uint8Array): void {
    this.#parts.push(bytes);
    this.#length += bytes.length;
  }

  take(): Uint8Array {
    const bytes = new Uint8Array(this.#length);
    let at = 0;
    for (const part of this.#parts) {
      bytes.set(part, at);
      at += part.length;
    }
    return bytes;
  }

  #inSpace(space: string): void {
    if (space !== this.#space) this.raw(made(() => putNamespace(space)));
    this.#space = space;
  }
}
