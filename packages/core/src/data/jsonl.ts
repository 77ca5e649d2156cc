/**
 * Data as JSON Lines, for streams and diffs: a head, an entry a line, and an end with their number, so that
 * data that has been cut short is never taken for whole (docs/DATA.md).
 *
 *     {"isokv":1,"expires_at_unit":"ms"}
 *     {"namespace":"users","key":"a","value":…,"expires_at":null}
 *     {"entries":1}
 */
import {
  checkHead,
  type DataEntry,
  membersOf,
  NAMES,
  readMembers,
  refuse,
  sortEntries,
  whereOf,
  writeMembers,
} from './entry.ts';
import { fromJson } from './json.ts';
import { parseJson } from './parse-json.ts';

const HEAD = '{"isokv":1,"expires_at_unit":"ms"}';

/** A first object with no object inside: a head, of this version or a later one. All other forms nest. */
const STARTS_AS_JSONL = /^\s*\{[^{}]*"isokv"[^{}]*\}/;

/** Equal entries give equal text; they must be sorted by namespace and key. @throws CORRUPT, INVALID_DATA */
export function toJsonl(entries: Iterable<DataEntry>): string {
  let text = `${HEAD}\n`;
  let count = 0;
  for (const entry of entries) {
    const { namespace, key } = entry;
    text += `{"namespace":${JSON.stringify(namespace)},"key":${JSON.stringify(key)},${writeMembers(entry, '')}}\n`;
    count++;
  }
  return `${text}{"entries":${count}}\n`;
}

/** @returns the entries, sorted. @throws INVALID_DATA, naming the line; UNKNOWN_VERSION */
export function fromJsonl(text: string): DataEntry[] {
  const lines = text.replace(/\n$/, '').split('\n');
  const last = lines.length - 1;
  const seen = new Set<string>();
  const entries: DataEntry[] = [];
  lines.forEach((line, index) => {
    const where = `line ${index + 1}`;
    const members = membersOf(parseJson(line, index + 1), where);
    const { namespace, key } = members;
    if (index === 0) {
      if (typeof members.isokv !== 'number') refuse(where, `must be ${HEAD}`);
      checkHead(members, where, 'isokv');
    } else if (index < last) {
      if (typeof namespace !== 'string' || typeof key !== 'string') {
        return refuse(where, 'namespace and key must be strings');
      }
      const place = `${where}, ${whereOf(namespace, key)}`;
      // The length keeps apart what could be split in several ways.
      if (seen.size === seen.add(`${namespace.length} ${namespace}${key}`).size)
        refuse(place, 'is here twice');
      membersOf(members, place, [...NAMES, 'namespace', 'key']);
      entries.push(readMembers(namespace, key, members, 'milliseconds', place));
    }
    if (index === last && members.entries !== entries.length) {
      refuse(where, `must be {"entries":${entries.length}}: these data have been cut short or changed`);
    }
  });
  return sortEntries(entries);
}

/** Reads any of the text forms. @throws INVALID_DATA, UNKNOWN_VERSION */
export function fromText(text: string): DataEntry[] {
  return STARTS_AS_JSONL.test(text) ? fromJsonl(text) : fromJson(text);
}
