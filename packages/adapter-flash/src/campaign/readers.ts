/** An image read by everything that reads images, which must all say the same. */
import { Store } from '@isokv/core';
import { Random } from '@isokv/core/testing';
import { open } from '../../test/whole.ts';
import type { FlashDevice } from '../device/flash-device.ts';
import { memoryFlash } from '../devices/memory-flash.ts';
import { flashLog } from '../flash-log.ts';
import { inspectFlash } from '../image/inspect-flash.ts';
import { type Damaged, damage } from './damage.ts';
import { hex, historyOf, now } from './history.ts';

/** `toData()` in hex, or the code of the error. */
type Reading = { readonly data: string } | { readonly refusal: string; readonly isOfValue: boolean };

/** What a store says of a value whose bytes are forged: it decodes all of them, a board hands them on. */
const OF_VALUE = /^a (value that does not decode|varint that is too long), in what ends at/;

const CODES: ReadonlySet<string> = new Set(['CORRUPT', 'NOT_ISOKV', 'MISSING']);

/** More than any reader needs, by far, for the images that there are here. */
const MOST_READS = 1_000_000;

/** A device that is only read, in bounds and not for ever. */
function readable({ bytes, geometry }: Damaged): FlashDevice {
  const flash = memoryFlash(bytes.slice(), geometry);
  let reads = 0;
  const refuse = (): never => {
    throw new Error('a reader writes');
  };
  return {
    ...flash,
    program: refuse,
    erase: refuse,
    read(address, length) {
      if (++reads > MOST_READS) throw new Error('it reads without end');
      if (!(address >= 0 && length >= 0 && address + length <= bytes.length))
        throw new Error(`it reads ${length} bytes at ${address}, of ${bytes.length}`);
      return flash.read(address, length);
    },
  };
}

async function reading(read: () => Uint8Array | Promise<Uint8Array>): Promise<Reading> {
  try {
    return { data: hex(await read()) };
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    return {
      refusal: code && CODES.has(code) ? code : `${code}: ${message}`,
      isOfValue: OF_VALUE.test(message),
    };
  }
}

async function byDevice(image: Damaged, index: number): Promise<Reading> {
  const found = await reading(() => open(readable(image), { now, index }).toData());
  // A board looks whether names are UTF-8 when it writes them, here into the data, and not before.
  const isName = image.isForged && 'refusal' in found && found.refusal.startsWith('INVALID_KEY');
  return isName ? { refusal: 'CORRUPT', isOfValue: false } : found;
}

async function byLog(image: Damaged): Promise<Reading> {
  const found = await reading(async () => {
    const store = await Store.open(flashLog(readable(image)), { now, readOnly: true });
    return store.toData();
  });
  // A store that is opened to be read only is told where there is none.
  return 'refusal' in found && found.refusal === 'MISSING'
    ? reading(() => new Store({ now }).toData())
    : found;
}

/** The keys that a map has in force, and how many places of damage; how many of them are commits that were lost. */
function byMap(image: Damaged): { keys: string; damage: number; commits: number } | { refusal: string } {
  try {
    const { pages, damage } = inspectFlash(readable(image), { now });
    const entries = pages.flatMap(({ records }) => records.flatMap((record) => record.entries));
    const inForce = entries.filter(({ isLive, kind }) => isLive && kind !== 'chunk');
    return {
      keys: names(inForce.map(({ namespace, key }) => [namespace, key])),
      damage: damage.length,
      commits: damage.filter(({ message }) => message.endsWith('has lost a commit')).length,
    };
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    return { refusal: code === 'NOT_ISOKV' ? code : `${code}: ${message}` };
  }
}

function isDecodable(data: string): boolean {
  try {
    entriesIn(data);
    return true;
  } catch (error) {
    const { code } = error as { code?: string };
    if (code !== 'CORRUPT' && code !== 'UNKNOWN_CODEC') throw error;
    return false;
  }
}

type Entry = readonly [namespace: string, key: string, value: unknown, expiresAt: number | undefined];

function entriesIn(data: string): readonly Entry[] {
  const store = Store.fromData(Uint8Array.from(Buffer.from(data, 'hex')), { now });
  return store.namespaces().flatMap((name) => {
    const namespace = store.namespace(name);
    return [...namespace.entries()].map(
      ([key, value]) => [name, key, value, namespace.expiresAt(key)] as const,
    );
  });
}

/** The same for values that are written in different ways. */
async function meaning(data: string): Promise<string> {
  const entries = entriesIn(data);
  const store = new Store({ now });
  await store.transaction((transaction) => {
    for (const [name, key, value] of entries) transaction.namespace(name).set(key, value);
  });
  return JSON.stringify([hex(store.toData()), entries.map(([, , , expiresAt]) => expiresAt)]);
}

function names(all: readonly (readonly [namespace: string, key: string, ...unknown[]])[]): string {
  return all
    .map(([namespace, key]) => JSON.stringify([namespace, key]))
    .sort()
    .join(' ');
}

/**
 * @param contents all that the flash may hold
 * @returns what is wrong with what the readers say of an image, if anything; else whether they have read it
 */
async function judge(
  image: Damaged,
  contents: ReadonlySet<string>,
): Promise<{ wrong?: string; isRead: boolean }> {
  const { isForged } = image;
  const log = await byLog(image);
  const indexed = await byDevice(image, 300);
  if (isForged && 'data' in indexed) {
    // One that is superseded, or one in force.
    if (('refusal' in log && log.isOfValue) || !isDecodable(indexed.data)) return { isRead: false };
  }
  // Summaries are of the board's own making: one whose sum is right it takes at its word.
  const readings = isForged ? [log, indexed] : [log, indexed, await byDevice(image, 0)];
  const map = byMap(image);
  const isRead = 'data' in log;
  const isSound = 'keys' in map && map.damage === 0;
  const isWrong = (wrong: string): { wrong: string; isRead: boolean } => ({
    wrong: `${wrong}: ${JSON.stringify([...readings, map])}`,
    isRead,
  });
  for (const one of [...readings, map]) {
    if ('refusal' in one && one.refusal !== 'CORRUPT' && one.refusal !== 'NOT_ISOKV')
      return isWrong('an error that none should throw');
    if (isSound && !image.isOfCommits && 'refusal' in one)
      return isWrong('refused, although nothing is damaged');
  }
  if (image.isOfCommits) return { isRead };
  if (isRead && 'keys' in map && map.commits > 0) return isWrong('handed on without a commit');
  const found = new Set(readings.flatMap((one) => ('data' in one ? [one.data] : [])));
  // A board hands on the bytes of a value as they are, which may be forged; a store writes what they mean.
  if (found.size > 1 && (!isForged || new Set(await Promise.all([...found].map(meaning))).size > 1))
    return isWrong('different contents');
  // A board does not count the commits of all pages; the log, which hands them on, does.
  const isAllOrNone = new Set(readings.map((one) => 'data' in one)).size === 1;
  if (!isAllOrNone && !(isForged && 'refusal' in log)) return isWrong('read by one and refused by another');
  for (const data of found) {
    if (isSound && names(entriesIn(data)) !== map.keys) return isWrong('another map');
    if (!isForged && !contents.has(data)) return isWrong('what was never written');
  }
  return { isRead };
}

const OF_A_HISTORY = 60;

/**
 * Judges so many images, of one history after another.
 * @param most how many that are wrong are enough
 * @param first the history to begin with
 */
export async function judgeAll(
  images: number,
  most: number = Number.POSITIVE_INFINITY,
  first = 0,
): Promise<{ wrong: readonly string[]; read: number }> {
  const wrong: string[] = [];
  let read = 0;
  for (let seed = first; (seed - first) * OF_A_HISTORY < images; seed++) {
    const history = await historyOf(seed);
    for (let i = 0; i < OF_A_HISTORY && wrong.length < most; i++) {
      const image = damage(history, new Random(seed * OF_A_HISTORY + i));
      const verdict = await judge(image, history.contents);
      if (verdict.isRead) read++;
      if (verdict.wrong) wrong.push(`image ${i} of history ${seed} (${image.what}): ${verdict.wrong}`);
    }
    if (wrong.length >= most) break;
  }
  return { wrong, read };
}
