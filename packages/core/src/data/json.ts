/**
 * Data as one JSON text, an entry a line, for people and other programs (docs/DATA.md):
 *
 *     {"isokv": 1, "expires_at_unit": "ms", "namespaces": {"": {"key": {"value": …, "expires_at": null}}}}
 *
 * Read as well: the layout of tinykv, `{"key": {"value": …, "expires_at": epoch seconds or null}}`. The number
 * at `isokv` tells them apart: whatever the keys of a bare map, their members are objects.
 */
import {
  checkHead,
  type DataEntry,
  membersOf,
  NAMES,
  quote,
  readMembers,
  sortEntries,
  whereOf,
  writeMembers,
} from './entry.ts';
import { parseJson } from './parse-json.ts';

/** Equal entries give equal text; they must be sorted by namespace and key. @throws CORRUPT, INVALID_DATA */
export function toJson(entries: Iterable<DataEntry>): string {
  let text = '';
  for (const part of jsonParts(entries)) text += part;
  return text;
}

/** The text of `toJson` in pieces, one an entry, for who must pause between them. `lineFor` gives that of an entry. */
export function* jsonParts(
  entries: Iterable<DataEntry>,
  lineFor: (entry: DataEntry) => string = jsonLine,
): Generator<string> {
  // Put together as text: an object would reorder keys such as "10" and "2".
  yield '{\n  "isokv": 1,\n  "expires_at_unit": "ms",\n  "namespaces": {';
  let end = '}';
  let current: string | undefined;
  for (const entry of entries) {
    const { namespace } = entry;
    let before = ',';
    if (namespace !== current) {
      before = `${current === undefined ? '' : '\n    },'}\n    ${JSON.stringify(namespace)}: {`;
      current = namespace;
      end = '\n    }\n  }';
    }
    yield before + lineFor(entry);
  }
  yield `${end}\n}\n`;
}

export function jsonLine(entry: DataEntry): string {
  return `\n      ${JSON.stringify(entry.key)}: {${writeMembers(entry, ' ')}}`;
}

/** @returns the entries, sorted. @throws INVALID_DATA, naming the place or the key; UNKNOWN_VERSION */
export function fromJson(text: string): DataEntry[] {
  const root = membersOf(parseJson(text), 'data');
  const isEnvelope = typeof root.isokv === 'number';
  if (isEnvelope) checkHead(root, 'data', 'namespaces');
  const namespaces = isEnvelope ? membersOf(root.namespaces, 'namespaces') : { '': root };
  const entries: DataEntry[] = [];
  for (const [namespace, map] of Object.entries(namespaces)) {
    for (const [key, entry] of Object.entries(membersOf(map, `namespace ${quote(namespace)}`))) {
      const where = whereOf(namespace, key);
      const members = membersOf(entry, where, isEnvelope ? NAMES : NAMES.slice(0, 2));
      entries.push(readMembers(namespace, key, members, isEnvelope ? 'milliseconds' : 'seconds', where));
    }
  }
  return sortEntries(entries);
}
