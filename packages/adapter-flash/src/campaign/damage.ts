/** What can become of an image: bits, records and pages that are not what was written, with their checksums or without. */
import { crc32 } from '@isokv/core';
import type { Random } from '@isokv/core/testing';
import type { Geometry } from '../testing/simulated-flash.ts';
import type { History } from './history.ts';

export interface Damaged {
  readonly bytes: Uint8Array;
  readonly geometry: Geometry;
  /** What was done, in words. */
  readonly what: string;
  /** Whether checksums were made to fit: then what is read may be wrong, and must be the same to all readers. */
  readonly isForged: boolean;
  /** Whether that was done to what says which records are of one commit: a board and a log need not read that alike. */
  readonly isOfCommits: boolean;
}

const HEADER_BYTES = 32;

interface Page {
  readonly bytes: Uint8Array;
  readonly unit: number;
  readonly random: Random;
  /** The pages of the image, and those of the same place and of any before. */
  readonly pages: readonly Uint8Array[];
  readonly earlier: Uint8Array;
}

/** Each changes a page in place. @returns true when it forged checksums */
const DAMAGES: readonly (readonly [name: string, (page: Page) => unknown])[] = [
  ['a bit', ({ bytes, random }) => flip(bytes, random.below(bytes.length), random)],
  ['a bit of its header', ({ bytes, random }) => flip(bytes, random.below(HEADER_BYTES), random)],
  ['blank', ({ bytes }) => void bytes.fill(0xff)],
  ['blank from', ({ bytes, random }) => void bytes.fill(0xff, random.below(bytes.length))],
  ['blank up to', ({ bytes, random }) => void bytes.fill(0xff, 0, random.below(bytes.length))],
  ['zeros from', ({ bytes, random }) => void bytes.fill(0, random.below(bytes.length))],
  ['a copy of another', ({ bytes, pages, random }) => bytes.set(random.pick(pages))],
  [
    'changed for another',
    ({ bytes, pages, random }) => {
      const other = random.pick(pages);
      const before = bytes.slice();
      bytes.set(other);
      other.set(before);
    },
  ],
  ['as it was before', ({ bytes, earlier }) => bytes.set(earlier)],
  [
    'as it was before, up to',
    ({ bytes, earlier, random }) => bytes.set(earlier.subarray(0, 4 * random.below(bytes.length / 4))),
  ],
  [
    'without a record',
    (page) => {
      const { at, end } = aRecord(page);
      page.bytes.fill(page.random.pick([0, 0xff]), at, end);
    },
  ],
  [
    'without a sum',
    (page) => {
      const { sumAt, end } = aRecord(page);
      page.bytes.fill(page.random.pick([0, 0xff]), sumAt, end);
    },
  ],
  [
    'the newest one without its last record',
    ({ pages, unit }) => {
      const newest = newestOf(pages);
      newest.fill(0xff, recordsOf(newest, unit).at(-1)?.at ?? HEADER_BYTES);
    },
  ],
  [
    'another sequence',
    ({ bytes, random }) => {
      const own = word(bytes, 4);
      return setHeader(bytes, 4, random.pick([0, 1, own - 1, own + 1, 2 ** 31, 2 ** 32 - 2, 2 ** 32 - 1]));
    },
  ],
  [
    'another oldest page',
    ({ bytes, random }) => {
      const [own, oldest] = [word(bytes, 4), word(bytes, 16)];
      return setHeader(bytes, 16, random.pick([0, 1, own, own + 1, own + 2, oldest + 1, 2 ** 32 - 1]));
    },
  ],
  [
    'another end, sum or commit before it',
    ({ bytes, random }) =>
      setHeader(bytes, random.pick([8, 20, 24]), random.pick([0, 31, 32, 36, bytes.length, 2 ** 32 - 1])),
  ],
  [
    'other flags',
    ({ bytes, random }) => setHeader(bytes, 12, word(bytes, 12) ^ (0x10000 << random.below(3))),
  ],
  [
    'other changes',
    (page) => {
      const { bytes, random } = page;
      const { at, sumAt } = aRecord(page);
      for (let count = 1 + random.below(3); count > 0 && at + 4 < sumAt; count--) {
        bytes[at + 4 + random.below(Math.min(24, sumAt - at - 4))] = random.pick([
          ...[0, 5, 6, 7, 8, 22, 127, 128, 255],
          random.below(256),
        ]);
      }
      return forge(page, at, sumAt);
    },
  ],
  [
    'a length in more bytes than it needs',
    (page) => {
      const { bytes } = page;
      const { at, sumAt } = aRecord(page);
      // A put, a deletion or a namespace: a text comes first. Its first byte makes room.
      const [head = 0, length = 0] = bytes.subarray(at + 4, at + 6);
      if (!(head > 0 && head < 4 && length > 0 && length < 128)) return false;
      bytes.set([length - 1 + 128, 0], at + 5);
      return forge(page, at, sumAt);
    },
  ],
  [
    'another kind of record, or length',
    (page) => {
      const { bytes, random } = page;
      const { at, sumAt } = aRecord(page);
      if (at === sumAt) return false;
      bytes[at + 2] = random.below(256);
      if (random.below(3) === 0) bytes[at] = random.below(256);
      return forge(page, at, sumAt);
    },
  ],
];

const OF_COMMITS: ReadonlySet<string> = new Set(['other flags', 'another kind of record, or length']);

/** One to four damages to an image of a history, which then may be of another size or unit than it is said to be. */
export function damage({ geometry, images }: History, random: Random): Damaged {
  const { pageSize, pageCount, programUnit } = geometry;
  const last = images.at(-1) as Uint8Array;
  const bytes = (random.below(4) ? last : random.pick(images)).slice();
  const names: string[] = [];
  let isForged = false;
  let isOfCommits = false;
  for (let count = random.below(3) ? 1 : 1 + random.below(4); count > 0; count--) {
    const at = random.below(pageCount);
    const pageOf = (image: Uint8Array, index: number): Uint8Array =>
      image.subarray(index * pageSize, (index + 1) * pageSize);
    const [name, change] = random.pick(DAMAGES);
    const page = {
      bytes: pageOf(bytes, at),
      unit: programUnit,
      random,
      pages: Array.from({ length: pageCount }, (_, index) => pageOf(bytes, index)),
      earlier: pageOf(random.pick(images), random.below(2) ? at : random.below(pageCount)),
    };
    const isForgedNow = change(page) === true;
    isForged ||= isForgedNow;
    isOfCommits ||= isForgedNow && OF_COMMITS.has(name);
    names.push(`page ${at}: ${name}`);
  }
  const asWritten = { bytes, geometry, what: names.join(', '), isForged, isOfCommits };
  const other = (what: string, change: Partial<Geometry>): Damaged => ({
    ...asWritten,
    bytes: bytes.slice(0, (change.pageCount ?? pageCount) * (change.pageSize ?? pageSize)),
    geometry: { ...geometry, ...change },
    what: `${what}, ${asWritten.what}`,
    isForged: true,
  });
  switch (random.below(40)) {
    case 0:
      return pageCount > 3 ? other('cut short', { pageCount: pageCount - 1 }) : asWritten;
    case 1:
      return other('other units', { programUnit: random.pick([4, 8, 16] as const) });
    case 2:
      return pageSize > 256
        ? other('pages half as large', { pageSize: pageSize / 2, pageCount: 2 * pageCount })
        : asWritten;
    default:
      return asWritten;
  }
}

function flip(bytes: Uint8Array, at: number, random: Random): void {
  bytes[at] = (bytes[at] as number) ^ (1 << random.below(8));
}

function setHeader(bytes: Uint8Array, at: number, figure: number): true {
  setWord(bytes, at, figure);
  setWord(bytes, 28, crc32(bytes.subarray(0, 28), 0));
  return true;
}

interface Place {
  readonly at: number;
  readonly sumAt: number;
  /** Where the next one begins. */
  readonly end: number;
}

function recordsOf(bytes: Uint8Array, unit: number): readonly Place[] {
  const records = [];
  for (let at = HEADER_BYTES; at + 4 <= bytes.length; ) {
    const [a = 0, b = 0, c = 0, check] = bytes.subarray(at, at + 4);
    const sumAt = at + Math.ceil((4 + a + b * 256) / unit) * unit;
    const end = sumAt + unit;
    if (check !== ((a + 3 * b + 5 * c + 165) & 255) || end > bytes.length) break;
    records.push({ at, sumAt, end });
    at = end;
  }
  return records;
}

/** Any of the page; an empty one when it has none. */
function aRecord({ bytes, unit, random }: Page): Place {
  const records = recordsOf(bytes, unit);
  const nothing = { at: HEADER_BYTES, sumAt: HEADER_BYTES, end: HEADER_BYTES };
  return records.length > 0 ? random.pick(records) : nothing;
}

/** The page with the highest sequence. */
function newestOf(pages: readonly Uint8Array[]): Uint8Array {
  const seqOf = (page: Uint8Array): number => (page[0] === 0xff ? 0 : word(page, 4));
  return pages.reduce((newest, page) => (seqOf(page) > seqOf(newest) ? page : newest));
}

/** Makes check and sum of a record fit, and the header of the page after it. */
function forge({ bytes, unit, pages }: Page, at: number, sumAt: number): boolean {
  if (at === sumAt) return false;
  const [a = 0, b = 0, c = 0] = bytes.subarray(at, at + 3);
  bytes[at + 3] = (a + 3 * b + 5 * c + 165) & 255;
  const sum = (crc32(bytes.subarray(at, sumAt), 0) ^ word(bytes, 4)) >>> 0;
  setWord(bytes, sumAt, sum === 0xffffffff ? 0 : sum);
  for (const next of pages) {
    if (word(next, 4) === word(bytes, 4) + 1 && word(next, 20) === sumAt + unit) setHeader(next, 24, sum);
  }
  return true;
}

function word({ buffer, byteOffset }: Uint8Array, at: number): number {
  return new DataView(buffer, byteOffset).getUint32(at, true);
}

function setWord({ buffer, byteOffset }: Uint8Array, at: number, figure: number): void {
  new DataView(buffer, byteOffset).setUint32(at, figure, true);
}
