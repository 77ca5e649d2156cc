/** Reads a log from its medium, all of it, and decodes what it holds. */
import { type Damage, hasCode, IsokvError } from '../errors.ts';
import type { ChangeReader } from '../format/change.ts';
import { ItemCheck } from '../log/item-check.ts';
import type { Log } from '../log/log.ts';
import { Slices } from '../table/slices.ts';
import type { Core } from './core.ts';

/** What a full reading of the medium found: all of it whole, or it would have rejected. */
export interface Verification {
  /** Entries of the run. */
  readonly entries: number;
  /** Commits since the run. */
  readonly commits: number;
  readonly changes: number;
}

/** @throws CORRUPT with all the damage, UNKNOWN_CODEC */
export async function verifyLog(core: Core, log: Log): Promise<Verification> {
  const slices = new Slices();
  const found: Damage[] = [];
  const check = new ItemCheck(0, ({ tag, reader, valueStart, valueEnd }: ChangeReader) => {
    core.slots.codecs.read(tag, reader.bytes, valueStart, valueEnd);
  });
  let position = 0;
  try {
    for await (const items of log.read()) {
      for (const item of items) {
        const damage = check.find(item, position);
        if (damage) found.push(damage);
        position = item.position;
        if (slices.over) await slices.pause();
      }
    }
  } catch (error) {
    // A log that cannot read on after damage throws it.
    if (!hasCode(error, 'CORRUPT')) throw error;
    found.push({ offset: error.offset ?? position, bytes: 0, message: error.message });
  }
  if (found.length > 0) throw failureOf(found);
  const { entries, commits, changes } = check;
  return { entries, commits, changes };
}

function failureOf(damage: readonly Damage[]): IsokvError {
  const { offset, message } = damage[0] as Damage;
  const more = damage.length === 1 ? '' : `, and ${damage.length - 1} more places are damaged`;
  return new IsokvError('CORRUPT', `${message}, at ${offset}${more}`, { offset, damage });
}
