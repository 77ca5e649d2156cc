import { made, put, putText, putVarint } from './device/bytes.ts';
import { DELETE, putNamespace } from './device/change.ts';

/** Changes as bytes, put together piece by piece. */
export class Changeset {
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
