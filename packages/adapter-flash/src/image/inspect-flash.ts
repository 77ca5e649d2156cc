/** A flash as a map: its pages, what each of their bytes is for, their records with their keys, and the damage. */
import { IsokvError } from '@isokv/core';
import type { FlashDevice } from '../device/flash-device.ts';
import { checkGeometry } from '../devices/check-geometry.ts';
import type { FoundChange } from './changes.ts';
import type { FlashEntry, FlashMap, FlashPage } from './flash-map.ts';
import { entriesInForce, lostPieces } from './in-force.ts';
import { HEADER_BYTES, mayBecomeHeader } from './layout.ts';
import { findRing, type RingPage } from './ring.ts';
import { Uses } from './uses.ts';

export interface InspectFlashOptions {
  /** @returns epoch milliseconds, by which entries expire: `Date.now` if not given */
  readonly now?: () => number;
}

/** Earlier than this no clock is right: with one that is not set nothing expires. */
const PLAUSIBLE_MS = Date.UTC(2020);

/**
 * Reads all of a flash, once, and writes nothing. Damage does not throw: it is in the map.
 * @throws NOT_ISOKV when there is something else on the flash; INVALID_OPTION; what the device throws
 */
export function inspectFlash(
  device: FlashDevice & { readonly erases?: ArrayLike<number> },
  { now = Date.now }: InspectFlashOptions = {},
): FlashMap {
  checkGeometry(device);
  const { pageSize, pageCount, programUnit } = device;
  const images = Array.from({ length: pageCount }, (_, page) => device.read(page * pageSize, pageSize));
  const ring = findRing(images, programUnit);
  if (
    ring.damage.length === 0 &&
    ring.pages.every(({ header }) => !header?.seq) &&
    !isBlank(images, programUnit)
  )
    throw new IsokvError(
      'NOT_ISOKV',
      'there is something else on this flash, or its pages have another size',
    );
  const ms = now();
  const inForce = entriesInForce(ring.live, ms < PLAUSIBLE_MS ? 0 : ms);
  const damage = [...ring.damage, ...lostPieces(ring.live, inForce)].sort((a, b) => a.offset - b.offset);
  const pages = ring.pages.map((page) => {
    const erases = device.erases?.[page.slot];
    return { ...mapPage(page, inForce), ...(erases === undefined ? {} : { erases }) };
  });
  return { pageSize, pageCount, programUnit, seq: ring.seq, pages, damage };
}

/** The first header may have been cut, in any page: those before it may not have kept theirs. */
function isBlank(images: readonly Uint8Array[], unit: number): boolean {
  return images.every((bytes) => isErased(bytes.subarray(HEADER_BYTES)) && mayBecomeHeader(bytes, unit));
}

function isErased(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0xff);
}

function mapPage(page: RingPage, inForce: ReadonlySet<FoundChange>): FlashPage {
  const { bytes, slot, header, isLive, isHead } = page;
  const uses = new Uses(bytes, header && !isLive ? 'dead' : 'torn');
  if (isLive) {
    uses.fill('frame', 0, HEADER_BYTES);
    uses.fill('frame', page.summary, bytes.length);
  }
  const records = isLive ? page.records : [];
  for (const { start, end, counts, changes } of records) {
    uses.fill(counts ? 'frame' : 'dead', start, end);
    for (const change of changes) {
      if (isEntry(change)) uses.fill(inForce.has(change) ? 'live' : 'dead', change.from, change.to);
    }
  }
  const isBlankPage = bytes.every((byte) => byte === 0xff);
  return {
    page: slot,
    state: isHead ? 'head' : isLive ? 'live' : isBlankPage ? 'blank' : 'spare',
    ...(header && { sequence: header.seq }),
    bytes: uses.sums(),
    spans: uses.spans(),
    records: records.map(({ kind, start, end, counts, changes }) => ({
      kind,
      offset: slot * bytes.length + start,
      bytes: end - start,
      counts,
      entries: changes.filter(isEntry).map((change) => entryOf(change, inForce.has(change))),
    })),
  };
}

function entryOf({ kind, namespace, key, from, to, expiresAt }: EntryChange, isLive: boolean): FlashEntry {
  return { kind, namespace, key, isLive, bytes: to - from, ...(expiresAt !== undefined && { expiresAt }) };
}

type EntryChange = FoundChange & { readonly kind: FlashEntry['kind'] };

function isEntry(change: FoundChange): change is EntryChange {
  return change.kind !== 'mark' && change.kind !== 'run' && change.kind !== 'namespace';
}
