/** What a ring holds as the items of a log: the run, and the commits since. */
import type { LogItem } from '@isokv/core';
import { corrupt, get, made, put, putBytes, putVarint } from './device/bytes.ts';
import {
  CHUNK,
  type Changes,
  CLEAR,
  changesIn,
  DELETE,
  EXPIRES,
  LARGE,
  MARK,
  nextChange,
  PUT,
  RUN,
} from './device/change.ts';
import { blockOf } from './device/data.ts';
import { isEntry } from './device/find.ts';
import { pieceKey } from './device/large.ts';
import {
  COMMIT,
  COPY,
  damaged,
  FIRST,
  headerOf,
  INSIDE,
  LAST,
  PART,
  pageSize,
  type Ring,
  use,
} from './device/ring.ts';
import { isUtf8 } from './device/utf8.ts';
import { walk } from './device/walk.ts';

const BLOCK_BYTES = 256 * 1024;

/** The state at one moment: entries as puts, by namespace and key, both byte strings. */
export class Entries {
  readonly spaces: Map<string, Map<string, Uint8Array>> = new Map();

  put(space: string, key: string, put: Uint8Array): void {
    const entries = this.spaces.get(space) ?? new Map<string, Uint8Array>();
    this.spaces.set(space, entries);
    entries.set(key, put);
  }

  get(space: string, key: string): Uint8Array | undefined {
    return this.spaces.get(space)?.get(key);
  }

  /** The blocks of a run of these entries. Byte strings sort as their bytes do. */
  blocks(): { bytes: Uint8Array; entries: number }[] {
    const blocks: { bytes: Uint8Array; entries: number }[] = [];
    for (const space of [...this.spaces.keys()].sort()) {
      const entries = this.spaces.get(space) as Map<string, Uint8Array>;
      let puts: Uint8Array[] = [];
      let size = 0;
      for (const key of [...entries.keys()].sort()) {
        const put = entries.get(key) as Uint8Array;
        size += put.length;
        if (puts.length > 0 && size > BLOCK_BYTES) {
          blocks.push({ bytes: blockOf(space, puts), entries: puts.length });
          puts = [];
          size = put.length;
        }
        puts.push(put);
      }
      if (puts.length > 0) blocks.push({ bytes: blockOf(space, puts), entries: puts.length });
    }
    return blocks;
  }
}

interface StoredRecord {
  readonly kind: number;
  readonly bytes: Uint8Array;
  readonly end: number;
}

/** The records of a ring that count, read page by page. */
export class LogReader {
  readonly #ring: Ring;
  readonly #records: StoredRecord[] = [];
  /** The pieces of large values, by what they are called and the commit they are of. */
  readonly #chunks: Map<string, Uint8Array> = new Map();
  /** Up to this record all is of the run. */
  #boundary = -1;
  /** The last commit of the run. */
  #seq: number;
  /** The last commit that was read. */
  #last: number;
  /** Whether the first page began inside a group, and nothing of it was read yet: the beginning of that commit is gone. */
  #isInside = false;

  constructor(ring: Ring) {
    this.#ring = ring;
    use(ring);
    this.#seq = ring._head >= ring._oldest ? commitBefore(ring._oldest) : 0;
    this.#last = this.#seq;
  }

  /** Takes in the next page. @throws CORRUPT */
  readPage(seq: number): void {
    const records = this.#records;
    use(this.#ring);
    if (commitBefore(seq) !== this.#last) damaged(seq, 0);
    if (seq === this.#ring._oldest) this.#isInside = (get(headerOf(seq), 14, 2) & INSIDE) !== 0;
    walk(seq, (changes, kind) => {
      const { _bytes: bytes, _end: end } = changes;
      const isPart = kind !== COPY;
      let mark = 0;
      while (nextChange(changes)) {
        if (!isUtf8(changes._space)) damaged(seq, changes._place % pageSize);
        if (changes._kind >= MARK) mark = changes._id;
        // A run takes the place of all before it; a commit whose beginning is gone is of the run, too.
        if (changes._kind === RUN || (changes._kind === MARK && isPart && this.#isInside)) {
          this.#boundary = records.length;
          this.#seq = changes._id;
        } else if (changes._kind === CHUNK)
          this.#chunks.set(chunkName(changes, changes._key), chunkBytes(changes));
        if (isPart) this.#isInside = false;
      }
      if (kind === COMMIT) this.#last++;
      if (kind === LAST) this.#last = mark;
      if (kind !== FIRST && kind !== PART && this.#last % 32 !== (bytes[2] as number) >>> 3) damaged(seq, 0);
      records.push({ kind, bytes, end });
    });
  }

  /** @throws CORRUPT when a large value in force has lost a piece */
  items(): LogItem[] {
    use(this.#ring);
    const state = new Entries();
    const commits: { seq: number; parts: Uint8Array[] }[] = [];
    let inRun = true;
    let seq = this.#seq;
    for (const [index, { kind, bytes, end }] of this.#records.entries()) {
      const changes = changesIn(bytes, 4, end);
      let isRun = index < this.#boundary || kind === COPY;
      if (kind === COMMIT && !isRun) commits.push({ seq: ++seq, parts: [] });
      while (nextChange(changes)) {
        if (changes._kind >= MARK) {
          if (index < this.#boundary) continue;
          const isOfRun = changes._kind === RUN || changes._id === this.#seq;
          inRun = isOfRun;
          if (!isOfRun && changes._id !== commits.at(-1)?.seq) commits.push({ seq: changes._id, parts: [] });
          seq = changes._id;
          continue;
        }
        isRun = index < this.#boundary || kind === COPY || (kind !== COMMIT && inRun);
        if (isRun) this.#apply(state, changes);
        else if (changes._kind !== CHUNK) {
          const exact = this.#exact(changes);
          if (exact) commits.at(-1)?.parts.push(exact);
        }
      }
    }
    return itemsOf(state, this.#seq, commits);
  }

  #apply(state: Entries, changes: Changes): void {
    const { _kind: kind, _space: space, _key: key } = changes;
    if (kind === CLEAR) state.spaces.delete(space);
    else if (kind === DELETE) state.spaces.get(space)?.delete(key);
    else if (kind === PUT || kind === LARGE) {
      const put = this.#exact(changes);
      if (put) state.put(space, key, put);
      else state.spaces.get(space)?.delete(key);
    }
  }

  /** The change as docs/FORMAT.md has it. @returns undefined for a large value that is superseded and has lost pieces */
  #exact(changes: Changes): Uint8Array | undefined {
    if (changes._kind !== LARGE) return changes._bytes.subarray(changes._start, changes._at);
    const chunks: Uint8Array[] = [];
    for (let part = 1; part <= changes._chunks; part++) {
      const chunk = this.#chunks.get(chunkName(changes, pieceKey(changes._key, part)));
      if (!chunk) break;
      chunks.push(chunk);
    }
    if (chunks.reduce((sum, { length }) => sum + length, 0) !== changes._valueEnd) {
      const current = this.#ring._index._find(changes._space, changes._key);
      // Pieces of one that has expired are not collected.
      if (isEntry(current) && current._id === changes._id) corrupt('a large value has lost a piece');
      return undefined;
    }
    return putOf(changes, chunks);
  }
}

/** The last commit before a page, by its header. */
function commitBefore(seq: number): number {
  return get(headerOf(seq), 8, 6);
}

function chunkName({ _space, _id }: Changes, key: string): string {
  return `${_id}:${_space.length}:${_space}${key}`;
}

function chunkBytes({ _bytes, _value, _valueEnd }: Changes): Uint8Array {
  return _bytes.subarray(_value, _valueEnd);
}

function putOf(changes: Changes, chunks: readonly Uint8Array[]): Uint8Array {
  const { _bytes, _start, _keyEnd, _expires, _tag, _valueEnd } = changes;
  return made(() => {
    put(_expires ? PUT + EXPIRES : PUT);
    putBytes(_bytes.subarray(_start + 1, _keyEnd));
    if (_expires) putVarint(_expires);
    put(_tag);
    putVarint(_valueEnd);
    for (const chunk of chunks) putBytes(chunk);
  });
}

function itemsOf(
  state: Entries,
  runSeq: number,
  commits: readonly { seq: number; parts: Uint8Array[] }[],
): LogItem[] {
  const items: LogItem[] = [];
  if (runSeq > 0) {
    const blocks = state.blocks();
    for (const { bytes } of blocks) items.push({ type: 'block', bytes, position: runSeq });
    const entries = blocks.reduce((sum, block) => sum + block.entries, 0);
    items.push({ type: 'run', summary: { seq: runSeq, blocks: blocks.length, entries }, position: runSeq });
  }
  for (const { seq, parts } of commits) {
    const payload = made(() => {
      putVarint(seq);
      for (const part of parts) putBytes(part);
    });
    items.push({ type: 'commit', commit: { seq, payload }, position: seq });
  }
  return items;
}
