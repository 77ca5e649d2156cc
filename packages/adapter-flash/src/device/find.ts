/** Where an entry stands: by the index if there is one, else by what a script does, else by going through it all. */
import { type Changes, CLEAR, changesIn, isOfEntry, LARGE, nextChange, PUT } from './change.ts';
import { ring } from './ring.ts';
import { scripts } from './scripts.ts';
import { walk, walkFrom } from './walk.ts';

/** Earlier than this no clock is right: with one that is not set nothing expires. 2020-01-01. */
export var PLAUSIBLE = 1577836800000;

/** The last change of a record that is of this entry, or clears its namespace. */
export function lastOf(changes: Changes, space: string, key: string, part: number): Changes | null {
  var last: Changes | null = null;
  while (nextChange(changes)) {
    var isOurs = isOfEntry(changes._kind) && changes._key === key && changes._part === part;
    if (changes._space === space && (isOurs || changes._kind === CLEAR)) {
      last = changesIn(changes._bytes, changes._start, changes._end, changes._place);
      last._space = space;
    }
  }
  if (last) nextChange(last);
  return last;
}

/** Looks through all records, newest page first: slow, but it needs nothing. */
scripts._find = function (space, key, part) {
  var found: Changes | null = null;
  function look(changes: Changes): void {
    found = lastOf(changes, space, key, part) || found;
  }
  for (var seq = ring._head; !found && seq >= ring._oldest; seq--) walk(seq, look);
  return found;
};

/** The newest change of an entry, a deletion too, or what clears its namespace; null when there is none. @throws CORRUPT */
export function findAny(space: string, key: string, part: number): Changes | null {
  return (ring._index || scripts)._find(space, key, part);
}

/** Whether what was found is an entry that has not expired. */
export function isEntry(changes: Changes | null): changes is Changes {
  return !!(
    changes &&
    (changes._kind === PUT || changes._kind === LARGE) &&
    !(changes._expires && ring._now() >= Math.max(PLAUSIBLE, changes._expires))
  );
}

/** Whether a change is in force, so that it must be kept when its page is collected. */
export function counts(changes: Changes): boolean {
  if (!isOfEntry(changes._kind)) return false;
  var newest = findAny(changes._space, changes._key, changes._part);
  if (!newest || newest._place !== changes._place || newest._start !== changes._start) return false;
  // A piece is in force with the large value that it is of.
  var main = changes._part ? findAny(changes._space, changes._key, 0) : changes;
  return isEntry(main) && main._id === changes._id;
}

/** Visits the entries of a namespace, or of all, in the order of their pages. @throws CORRUPT */
export function each(space: string | null, visit: (entry: Changes) => void): void {
  walkFrom(ring._oldest, function (changes) {
    while (nextChange(changes))
      if ((space === null || space === changes._space) && !changes._part && counts(changes)) visit(changes);
  });
}
