/** The bytes of a file, in pages that copies share until one of them writes: a copy costs next to nothing. */

const PAGE_BYTES = 4096;
const ZEROS = new Uint8Array(PAGE_BYTES);

export class Content {
  #bytes = 0;
  /** A page that is not there is all zeros. Pages may be longer than the file; then the rest is zeros. */
  #pages: (Uint8Array | undefined)[] = [];
  /** Pages that no copy shares. */
  #own: Set<number> = new Set();

  get bytes(): number {
    return this.#bytes;
  }

  copy(): Content {
    const copy = new Content();
    copy.#bytes = this.#bytes;
    copy.#pages = this.#pages.slice();
    this.#own.clear();
    return copy;
  }

  /** @returns how many bytes there were to be read */
  read(target: Uint8Array, position: number): number {
    const length = Math.max(0, Math.min(target.length, this.#bytes - position));
    for (const { page, from, to, at } of piecesOf(position, length)) {
      const bytes = this.#pages[page];
      if (bytes) target.set(bytes.subarray(from, to), at);
      else target.fill(0, at, at + to - from);
    }
    return length;
  }

  /** All of it, or a part. */
  slice(from = 0, to: number = this.#bytes): Uint8Array {
    const bytes = new Uint8Array(Math.max(0, Math.min(to, this.#bytes) - from));
    this.read(bytes, from);
    return bytes;
  }

  /** Writes over what is there, and past its end; what lies between the end and `position` becomes zeros. */
  write(bytes: Uint8Array, position: number): void {
    this.#bytes = Math.max(this.#bytes, position + bytes.length);
    for (const { page, from, to, at } of piecesOf(position, bytes.length)) {
      const piece = bytes.subarray(at, at + to - from);
      const isBlank =
        this.#pages[page] === undefined && Buffer.compare(piece, ZEROS.subarray(0, to - from)) === 0;
      if (!isBlank) this.#forWriting(page).set(piece, from);
    }
  }

  /** Cuts it, or makes it longer with zeros. */
  resize(bytes: number): void {
    if (bytes < this.#bytes) {
      const pages = Math.ceil(bytes / PAGE_BYTES);
      for (let page = pages; page < this.#pages.length; page++) this.#own.delete(page);
      this.#pages.length = Math.min(this.#pages.length, pages);
      const last = pages - 1;
      if (this.#pages[last]) this.#forWriting(last).fill(0, bytes - last * PAGE_BYTES);
    }
    this.#bytes = bytes;
  }

  #forWriting(page: number): Uint8Array {
    let bytes = this.#pages[page];
    if (bytes && this.#own.has(page)) return bytes;
    bytes = bytes ? bytes.slice() : new Uint8Array(PAGE_BYTES);
    this.#pages[page] = bytes;
    this.#own.add(page);
    return bytes;
  }
}

/** A range, page by page: which bytes of the page, and where they are in the range. */
function* piecesOf(
  position: number,
  length: number,
): Generator<{ page: number; from: number; to: number; at: number }> {
  for (let at = 0; at < length; ) {
    const page = Math.floor((position + at) / PAGE_BYTES);
    const from = (position + at) % PAGE_BYTES;
    const to = Math.min(PAGE_BYTES, from + length - at);
    yield { page, from, to, at };
    at += to - from;
  }
}
