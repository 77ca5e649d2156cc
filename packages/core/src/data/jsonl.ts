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
  type Members,
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

/** A first object with nothing nested in it: a head, of this version or a later one. All other forms nest. */
const STARTS_AS_JSONL = /^\s*\{[^{}[\]]*"isokv"\s*:\s*\d[^{}[\]]*\}/;

/** Equal entries give equal text; they must be sorted by namespace and key. @throws CORRUPT, INVALID_DATA */
export function toJsonl(entries: Iterable<DataEntry>): string {
  let text = '{"isokv":1,"expires_at_unit":"ms"}\n';
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
  const lines = text.trimEnd().split('\n');
  const last = lines.length - 1;
  const seen = new Set<string>();
  const entries: DataEntry[] = [];
  lines.forEach((line, index) => {
    const where = `line ${index + 1}`;
    const members = membersOf(parseJson(line, index + 1), where);
    if (index === 0) checkHead(members, where, 'isokv');
    else if (index < last) entries.push(readLine(members, where, seen));
    if (index === last && members.entries !== entries.length) {
      refuse(where, `must be {"entries":${entries.length}}: these data have been cut short or changed`);
    }
  });
  return sortEntries(entries);
}

function readLine(members: Members, where: string, seen: Set<string>): DataEntry {
  const { namespace, key } = members;
  if (typeof namespace !== 'string' || typeof key !== 'string') {
    return refuse(where, 'namespace and key must be strings');
  }
  const place = `${where}, ${whereOf(namespace, key)}`;
  // The length keeps apart what could be split in several ways.
  const id = `${namespace.length} ${namespace}${key}`;
  if (seen.has(id)) refuse(place, 'is here for the second time');
  seen.add(id);
  membersOf(members, place, [...NAMES, 'namespace', 'key']);
  return readMembers(namespace, key, members, 'milliseconds', place);
}

/** Reads any of the text forms. @throws INVALID_DATA, UNKNOWN_VERSION */
export function fromText(text: string): DataEntry[] {
  const clean = text.replace(/^\ufeff/, ''); // the mark that some editors put first
  return STARTS_AS_JSONL.test(clean) ? fromJsonl(clean) : fromJson(clean);
}
