/** Commits: one record where one will do, else a group of records, which a script of its own writes. */
import { append } from './append.ts';
import { changesIn, DELETE, nextChange, PUT } from './change.ts';
import { full, makeRoom } from './collect.ts';
import { fail } from './error.ts';
import { COMMIT, HEADER_BYTES, pageSize, ring, time } from './ring.ts';
import { scripts } from './scripts.ts';

/** Spare pages that a write leaves: one is the ring's own, and one more is kept for deletions. */
var SPARES = 2;
var SPARES_AFTER_DELETION = 1;

/**
 * Writes the changes of `body`, all or none: one record when it takes up to half a page, else a group, which is what
 * `mark` asks for, too: MARK for a commit with the number `seq`, RUN when they are a run up to that commit.
 * @throws ENOSPC, INVALID_KEY, IO, CORRUPT, UNSUPPORTED; nothing of it counts then
 */
export function commit(body: Uint8Array, mark?: number, seq?: number): void {
  var changes = changesIn(body, 0, body.length);
  var count = 0;
  var spares = SPARES_AFTER_DELETION;
  while (nextChange(changes)) {
    if (changes._kind === PUT) spares = SPARES;
    count++;
    if (changes._kind <= DELETE && changes._key.length + changes._space.length > pageSize / 8)
      fail('INVALID_KEY', 'too long');
  }
  if (spares > 1 && body.length >= ring._refused && time < ring._retry) full();
  ring._retry = Infinity;
  if (mark || body.length + 4 * count > pageSize / 2 - HEADER_BYTES)
    scripts._writeGroup(body, spares, mark, seq);
  else {
    do makeRoom(spares, body.length, count, body.length);
    while (!append(COMMIT, ring._commit + 1, body));
  }
  ring._refused = Infinity;
}
