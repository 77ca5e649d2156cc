/** Of the changes along the ring, those that a reader would be given. */
import type { Damage } from '@isokv/core';
import type { FoundChange } from './changes.ts';
import type { RingPage } from './ring.ts';

/** @returns of each entry, and of each piece of one that counts, the newest change, unless it deletes */
export function entriesInForce(live: readonly RingPage[], now: number): Set<FoundChange> {
  const spaces = new Map<string, Map<string, FoundChange>>();
  for (const change of changesThatCount(live)) {
    const { kind, namespace, key, part = 0 } = change;
    if (kind === 'mark' || kind === 'run' || kind === 'namespace') continue;
    const entries = spaces.get(namespace) ?? new Map<string, FoundChange>();
    spaces.set(namespace, entries);
    if (kind === 'clear') entries.clear();
    else if (kind === 'delete') entries.delete(`0/${key}`);
    else entries.set(`${part}/${key}`, change);
  }
  const inForce = new Set<FoundChange>();
  for (const entries of spaces.values()) {
    for (const change of entries.values()) {
      const { kind, key, id } = change;
      const whole = kind === 'chunk' ? entries.get(`0/${key}`) : change;
      const isOfIt = whole === change || (whole?.kind === 'large' && whole.id === id);
      const { expiresAt = Number.POSITIVE_INFINITY } = whole ?? {};
      if (isOfIt && expiresAt > now) inForce.add(change);
    }
  }
  return inForce;
}

function* changesThatCount(live: readonly RingPage[]): Generator<FoundChange> {
  for (const { records } of live) {
    for (const { counts, changes } of records) if (counts) yield* changes;
  }
}

/** Large values in force that are not there whole. */
export function* lostPieces(live: readonly RingPage[], inForce: ReadonlySet<FoundChange>): Generator<Damage> {
  const pieces = new Map<string, number>();
  const nameOf = ({ namespace, key }: FoundChange, part = 0): string =>
    JSON.stringify([namespace, key, part]);
  for (const change of inForce) {
    if (change.kind === 'chunk') pieces.set(nameOf(change, change.part), change.length ?? 0);
  }
  for (const { slot, bytes, records } of live) {
    for (const change of records.flatMap(({ changes }) => changes)) {
      if (change.kind !== 'large' || !inForce.has(change)) continue;
      let found = 0;
      for (let part = 1; part <= (change.chunks ?? 0); part++) {
        const length = pieces.get(nameOf(change, part));
        if (length === undefined) break;
        found += length;
      }
      if (found === change.length) continue;
      const message = `the value of ${JSON.stringify(change.key)} has lost a piece`;
      yield { offset: slot * bytes.length + change.from, bytes: change.to - change.from, message };
    }
  }
}
