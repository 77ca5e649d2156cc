/** Which pages and records of a flash count ("What counts" in docs/FLASH.md), and what should be there and is not. */
import type { Damage } from '@isokv/core';
import { changesOf, type FoundChange } from './changes.ts';
import {
  type FoundRecord,
  HEADER_BYTES,
  looksRetiring,
  type PageBytes,
  type PageHeader,
  readHeader,
  readRecord,
  retiredBy,
  summaryStart,
} from './layout.ts';

interface RingRecord extends FoundRecord {
  /** Whether it is whole, and of a group that is. */
  counts: boolean;
  readonly changes: readonly FoundChange[];
}

export interface RingPage extends PageBytes {
  /** Which of the flash, from 0. */
  readonly slot: number;
  readonly header: PageHeader | undefined;
  isLive: boolean;
  isHead: boolean;
  /** Of a live page, in order. */
  records: RingRecord[];
  /** Where the records end. */
  end: number;
  /** Where the summary begins; the end of the page when there is none. */
  summary: number;
}

export interface FoundRing {
  readonly pages: readonly RingPage[];
  /** The live ones, oldest first. */
  readonly live: readonly RingPage[];
  /** The last commit. */
  readonly seq: number;
  readonly damage: Damage[];
}

export function findRing(images: readonly Uint8Array[], unit: number): FoundRing {
  const pages = images.map((bytes, slot) => {
    const header = readHeader({ bytes, unit });
    const end = bytes.length;
    return {
      bytes,
      unit,
      slot,
      header,
      isLive: false,
      isHead: false,
      records: [],
      end,
      summary: end,
    } as RingPage;
  });
  const damage: Damage[] = [];
  const report = (page: RingPage, at: number, message: string): void => {
    damage.push({ offset: page.slot * page.bytes.length + at, bytes: page.bytes.length - at, message });
  };
  const { head, oldest, last } = findHead(pages, report);
  const live = head ? takeLive(pages, head, oldest, report) : [];
  for (const page of pages) {
    if (!page.header && isHeadless(page, last)) report(page, 0, `the header of page ${last + 1} is damaged`);
  }
  for (const [index, page] of live.entries()) {
    const next = live[index + 1]?.header;
    if (page !== head) readFull(page, next, report);
  }
  if (head) markGroups(live);
  return { pages, live, seq: countCommits(live, report), damage };
}

type Report = (page: RingPage, at: number, message: string) => void;

interface Head {
  readonly head?: RingPage;
  readonly oldest: number;
  /** The newest sequence there is. */
  readonly last: number;
}

/** The newest page that counts, with its records read. */
function findHead(pages: readonly RingPage[], report: Report): Head {
  const newestFirst = pages.filter((page) => seqOf(page) > 0).sort((a, b) => seqOf(b) - seqOf(a));
  /** The page that came last and does not count, for it tells where the one before it ends. */
  let after: PageHeader | undefined;
  for (const page of newestFirst) {
    const header = page.header as PageHeader;
    if (after && header.seq < after.seq && after.oldest === after.seq) break;
    // One that says there is no record may be older than this page: it was begun after one that kept nothing.
    const isBefore = after?.seq === header.seq + 1 && after.sum !== 0;
    const limit = isBefore && after ? after.end : page.bytes.length;
    readRecords(page, limit, isBefore ? after?.sum : undefined, report);
    const retirement = page.records.filter(({ kind }) => kind === 'retirement').at(-1);
    const oldest = retirement ? retiredBy(page, retirement.start) + 1 : header.oldest;
    const isRetired = header.isSole && !retirement && wasRetired(pages, page, oldest);
    if (isBefore ? page.end !== limit : hasRecord(page, page.end + page.unit))
      report(page, page.end, `page ${header.seq} is damaged at ${page.end}`);
    if (isRetired || (page.records.length > 0 && (retirement || !header.isSole))) {
      page.isHead = true;
      return { head: page, oldest: isRetired ? oldest + 1 : oldest, last: header.seq };
    }
    // Only the newest page may have nothing that counts; and one before it that did not keep its first record.
    if (after && after.seq !== header.seq && after.end !== HEADER_BYTES)
      report(page, HEADER_BYTES, `page ${header.seq} has lost its records`);
    page.records = [];
    after = header;
  }
  if (after && after.oldest === after.seq) return { oldest: after.seq, last: after.seq };
  if (after) report(newestFirst.at(-1) as RingPage, 0, 'all pages but the newest are missing');
  return { oldest: 1, last: after?.seq ?? 0 };
}

/** The mark of a `sole` page that cannot be read any more, when what it lets go was erased since: see "Why no cut loses anything". */
function wasRetired(pages: readonly RingPage[], page: RingPage, oldest: number): boolean {
  if (!looksRetiring(page, page.end) || retiredBy(page, page.end) !== oldest) return false;
  const old = pages.find(({ header }) => header?.seq === oldest);
  const next = pages.find(({ header }) => header?.seq === oldest + 1)?.header;
  if (!old || !next) return true;
  let at = HEADER_BYTES;
  while (at < next.end) {
    const record = readRecord(old, oldest, at, next.end, next.sum);
    if (!record) return true;
    at = record.end;
  }
  return false;
}

function takeLive(pages: readonly RingPage[], head: RingPage, oldest: number, report: Report): RingPage[] {
  const live: RingPage[] = [];
  const { seq } = head.header as PageHeader;
  if (oldest > seq + 1 || oldest <= seq - pages.length)
    report(head, 0, `page ${seq} names an oldest one that cannot be there`);
  const bySeq = new Map<number | undefined, RingPage>();
  // Of pages with the same sequence the first is meant, as in the engine; the head was found already.
  for (const page of pages) if (!bySeq.has(page.header?.seq)) bySeq.set(page.header?.seq, page);
  bySeq.set(head.header?.seq, head);
  for (let wanted = Math.max(oldest, seq - pages.length + 1); wanted <= seq; wanted++) {
    const page = bySeq.get(wanted);
    if (page) {
      page.isLive = true;
      live.push(page);
    } else report(head, 0, `page ${wanted} is missing`);
  }
  return live;
}

/** Takes in the records of a page, up to the first that is not valid. */
function readRecords(page: RingPage, limit: number, sum: number | undefined, report: Report): void {
  const { seq } = page.header as PageHeader;
  page.records = [];
  page.end = HEADER_BYTES;
  for (;;) {
    const record = readRecord(page, seq, page.end, limit, sum);
    if (!record) return;
    const { kind } = record;
    page.records.push({
      ...record,
      counts: kind === 'commit' || kind === 'copy' || kind === 'retirement',
      changes: changesIn(page, record, report),
    });
    page.end = record.end;
  }
}

function changesIn(page: RingPage, { kind, start, changesEnd }: FoundRecord, report: Report): FoundChange[] {
  try {
    return kind === 'retirement' ? [] : [...changesOf(page.bytes, start + 4, changesEnd)];
  } catch (error) {
    // Its sum is right all the same: so it was written as it is.
    report(page, start, `the record at ${start} of page ${seqOf(page)} has ${(error as Error).message}`);
    return [];
  }
}

/** Reads a page that another one came after: all of its records must be there. */
function readFull(page: RingPage, next: PageHeader | undefined, report: Report): void {
  const { seq } = page.header as PageHeader;
  const isNext = next?.seq === seq + 1;
  readRecords(page, isNext ? next.end : page.bytes.length, isNext ? next.sum : undefined, report);
  if (!isNext) return;
  if (page.end !== next.end) report(page, page.end, `page ${seq} is damaged at ${page.end}`);
  const summary = next.isSealed ? summaryStart(page, seq) : undefined;
  if (summary !== undefined) page.summary = summary;
  else if (next.isSealed) report(page, page.end, `the summary of page ${seq} is damaged`);
}

/** A group counts when its last record is there, with nothing but its own records before it. */
function markGroups(live: readonly RingPage[]): void {
  let open: RingRecord[] = [];
  for (const { header, records } of live) {
    if (!header?.isInside) open = [];
    for (const record of records) {
      if (record.kind === 'first' || record.kind === 'commit') open = [];
      if (record.kind === 'first' || record.kind === 'part') open.push(record);
      if (record.kind !== 'last') continue;
      for (const each of [...open, record]) each.counts = true;
      open = [];
    }
  }
}

/** @returns the number of the last commit */
function countCommits(live: readonly RingPage[], report: Report): number {
  let seq = 0;
  /** The commit that the group is of, as far as it was read; undefined when its beginning is gone. */
  let group: number | undefined;
  for (const [index, page] of live.entries()) {
    const { commit, end, isInside } = page.header as PageHeader;
    // Where the page before is damaged that was said already.
    if (live[index - 1]?.end === end && commit !== seq)
      report(page, 0, `page ${seqOf(page)} has lost a commit`);
    seq = commit;
    if (!isInside) group = seq;
    else if (index === 0) group = undefined;
    for (const { kind, commitBits, changes, start } of page.records) {
      const marks = changes.filter((change) => change.kind === 'mark' || change.kind === 'run');
      const isLost = (id = 0): boolean => group !== undefined && id !== group && id !== group + 1;
      for (const mark of marks) {
        if (mark.kind === 'mark' && kind !== 'copy' && isLost(mark.id))
          report(page, start, `page ${seqOf(page)} has lost a commit`);
        group = mark.id;
      }
      if (kind === 'first' || kind === 'part') continue;
      if (kind === 'last') seq = marks.at(-1)?.id ?? 0;
      if (kind === 'commit') seq++;
      if (seq % 32 !== commitBits) report(page, start, `page ${seqOf(page)} has lost a commit`);
      group = seq;
    }
  }
  return seq;
}

/** Whether a valid record begins anywhere from `from` on. */
function hasRecord(page: RingPage, from: number): boolean {
  for (let at = from; at < page.bytes.length; at += page.unit) {
    if (readRecord(page, seqOf(page), at, page.bytes.length)) return true;
  }
  return false;
}

/** Whether a page without a header is the newest of all: it has a commit of the page after `last`, and something after it. */
function isHeadless(page: RingPage, last: number): boolean {
  let at = HEADER_BYTES;
  for (;;) {
    const record = readRecord(page, last + 1, at, page.bytes.length);
    if (!record) return false;
    at = record.end;
    const isCommit = record.kind !== 'copy' && record.kind !== 'retirement';
    if (isCommit && page.bytes.subarray(at, at + 4).some((byte) => byte !== 0xff)) return true;
  }
}

function seqOf({ header }: RingPage): number {
  return header?.seq ?? 0;
}
