import { writeVarint } from './device/bytes.ts';
import { DELETE } from './device/change.ts';
import { namespaceChange } from './device/data.ts';
import { writeText } from './device/text.ts';

/** Changes as bytes, put together piece by piece. */
export class Changeset {
  readonly #parts: Uint8Array[] = [];
  #length = 0;
  #space = '';

  /** What follows is of this commit, or of the run up to it, and begins in the namespace ''. */
  mark(kind: number, seq: number): void {
    const mark = new Uint8Array(2 + writeVarint(null, 0, seq));
    mark[0] = kind;
    writeVarint(mark, 1, seq);
    this.raw(mark);
    this.#space = '';
  }

  /** `put`: the change, encoded. */
  put(space: string, put: Uint8Array): void {
    this.#inSpace(space);
    this.raw(put);
  }

  delete(space: string, key: string): void {
    this.#inSpace(space);
    const change = new Uint8Array(1 + writeVarint(null, 0, key.length) + key.length);
    change[0] = DELETE;
    writeText(change, writeVarint(change, 1, key.length), key);
    this.raw(change);
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
    if (space !== this.#space) this.raw(namespaceChange(space));
    this.#space = space;
  }
}
