/** Forms in which a file keeps entries that people read and edit. */
import { ValueCodecs } from '../codec/values.ts';
import { IsokvError } from '../errors.ts';
import { TAG } from '../format/change.ts';
import { type DataEntry, lineOf, membersOf, readMembers, sortEntries, whereOf } from './entry.ts';
import { jsonLine, jsonParts } from './json.ts';
import { fromText } from './jsonl.ts';
import { parseJson } from './parse-json.ts';

export interface TextForm {
  /** @returns the entries, sorted. @throws INVALID_DATA, naming the place or the key; UNKNOWN_VERSION */
  parse(text: string): DataEntry[];
  /** The text in pieces; equal entries, sorted, give equal text. @throws INVALID_VALUE for what the form cannot hold */
  format(entries: Iterable<DataEntry>): Iterable<string>;
}

/** All that a store can hold (docs/DATA.md). Reads the layout of tinykv, and JSON Lines, as well. */
export const entriesForm: TextForm = {
  parse: fromText,
  format: (entries) => jsonParts(entries, (entry) => lineOf(entry, () => jsonLine(entry))),
};

/** `{"theme": "dark"}`: keys and values and no more, for a file that is edited by hand. */
export const plainForm: TextForm = { parse: parsePlain, format: plainParts };

const codecs = /* @__PURE__ */ new ValueCodecs();

function parsePlain(text: string): DataEntry[] {
  const root = membersOf(parseJson(text.replace(/^\ufeff/, '')), 'the file');
  const entries = Object.entries(root).map(([key, value]) =>
    readMembers('', key, { value }, 'milliseconds', whereOf('', key)),
  );
  return sortEntries(entries);
}

function* plainParts(entries: Iterable<DataEntry>): Generator<string> {
  let before = '{\n';
  for (const entry of entries) {
    yield `${before}${lineOf(entry, () => `  ${JSON.stringify(entry.key)}: ${plainText(entry)}`)}`;
    before = ',\n';
  }
  yield before === '{\n' ? '{}\n' : '\n}\n';
}

function plainText({ namespace, key, tag, bytes, expiresAt }: DataEntry): string {
  const refuse = (what: string): never => {
    throw new IsokvError(
      'INVALID_VALUE',
      `${whereOf(namespace, key)}: the format 'plain' cannot hold ${what}; 'entries' can`,
    );
  };
  if (namespace !== '') refuse('a namespace');
  if (expiresAt !== 0) refuse('an expiry');
  if (tag === TAG.bytes || tag === TAG.msgpack || tag > TAG.null) refuse('bytes or the values of a codec');
  const value = codecs.read(tag, bytes, 0, bytes.length);
  if (!isPlainJson(value)) refuse('NaN, Infinity or -0');
  // A line end is never part of a token of JSON.
  return JSON.stringify(value, null, 2).replaceAll('\n', '\n  ');
}

function isPlainJson(value: unknown): boolean {
  if (typeof value === 'number') return Number.isFinite(value) && !Object.is(value, -0);
  return typeof value !== 'object' || value === null || Object.values(value).every(isPlainJson);
}
