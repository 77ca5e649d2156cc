/** Where an entry stands: by the index if there is one, else by what a script does, else by going through it all. */
import { type Changes, CLEAR, LARGE, nextChange, PUT } from './change.ts';
import { ring, time } from './ring.ts';
import { scripts } from './scripts.ts';
import { walk } from './walk.ts';

/** The last change of a record that is of this entry, or clears its namespace. */
export function lastOf(changes: Changes, space: string, key: string): Changes | null {
  // 0 is none: the changes of a record begin behind its header.
  var last = 0;
  while (nextChange(changes))
    if (changes._space === space && (changes._key === key || changes._kind === CLEAR)) last = changes._start;
  if (!last) return null;
  changes._at = last;
  changes._space = space;
  nextChange(changes);
  return changes;
}

/** Looks through all records, newest page first: slow, but it needs nothing. */
scripts._find = function (space, key) {
  var found: Changes | null = null;
  function look(changes: Changes): void {
    found = lastOf(changes, space, key) || found;
  }
  for (var seq = ring._head; !found && seq >= ring._oldest; seq--) walk(seq, look);
  return found;
};

/** Whether what was found is an entry that has not expired. */
export function isEntry(changes: Changes | null): changes is Changes {
  return !!(
    changes &&
    (changes._kind === PUT || changes._kind === LARGE) &&
    !(changes._expires && time >= changes._expires)
  );
}

/** Whether nothing has been written since of what the change is of. */
export function isNewest(changes: Changes): boolean {
  var newest = ring._index._find(changes._space, changes._key);
  return !!newest && newest._place === changes._place && newest._start === changes._start;
}
