/** An image read by everything that reads images, which must all say the same. */
import { Store } from '@isokv/core';
import { open } from '../../test/whole.ts';
import type { FlashDevice } from '../device/flash-device.ts';
import { memoryFlash } from '../devices/memory-flash.ts';
import { flashLog } from '../flash-log.ts';
import { inspectFlash } from '../image/inspect-flash.ts';
import { Random } from '../testing/random.ts';
import { type Damaged, damage } from './damage.ts';
import { hex, historyOf, now } from './history.ts';

/** `toData()` in hex, or the code of the error. */
type Reading = { readonly data: string } | { readonly refusal: string };

/** The bytes of a value are forged: a store decodes it, a board that hands it on does not. */
const VALUE = 'a value';

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
    // A store that is opened to be read only is told where there is none.
    if (code === 'MISSING') return { data: hex(new Store({ now }).toData()) };
    if (code === 'CORRUPT' && message.includes('a value that does not decode')) return { refusal: VALUE };
    return { refusal: code === 'CORRUPT' || code === 'NOT_ISOKV' ? code : `${code}: ${message}` };
  }
}

async function byDevice(image: Damaged, index: number): Promise<Reading> {
  const found = await reading(() => open(readable(image), { now, index }).toData());
  // A board looks whether names are UTF-8 when it writes them, here into the data, and not before.
  const isName = image.isForged && 'refusal' in found && found.refusal.startsWith('INVALID_KEY');
  return isName ? { refusal: 'CORRUPT' } : found;
}

function byLog(image: Damaged): Promise<Reading> {
  return reading(async () => {
    const store = await Store.open(flashLog(readable(image)), { now, readOnly: true });
    return store.toData();
  });
}

/** The keys that a map has in force, and how many places of damage. */
function byMap(image: Damaged): { keys: string; damage: number } | { refusal: string } {
  try {
    const { pages, damage } = inspectFlash(readable(image), { now });
    const entries = pages.flatMap(({ records }) => records.flatMap((record) => record.entries));
    const inForce = entries.filter(({ isLive, kind }) => isLive && kind !== 'chunk');
    return { keys: names(inForce.map(({ namespace, key }) => [namespace, key])), damage: damage.length };
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    return { refusal: code === 'NOT_ISOKV' ? code : `${code}: ${message}` };
  }
}

function keysIn(data: string): string {
  const store = Store.fromData(Uint8Array.from(Buffer.from(data, 'hex')), { now });
  return names(
    store
      .namespaces()
      .flatMap((name) => [...store.namespace(name).keys()].map((key) => [name, key] as const)),
  );
}

function names(all: readonly (readonly [namespace: string, key: string])[]): string {
  return all
    .map((name) => JSON.stringify(name))
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
  if (isForged && 'refusal' in log && log.refusal === VALUE) return { isRead: false };
  const indexed = await byDevice(image, 300);
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
  const found = new Set(readings.flatMap((one) => ('data' in one ? [one.data] : [])));
  if (found.size > 1) return isWrong('different contents');
  // A board does not count the commits of all pages; the log, which hands them on, does.
  const isAllOrNone = new Set(readings.map((one) => 'data' in one)).size === 1;
  if (!isAllOrNone && !(isForged && 'refusal' in log)) return isWrong('read by one and refused by another');
  for (const data of found) {
    if (isSound && keysIn(data) !== map.keys) return isWrong('another map');
    if (!isForged && !contents.has(data)) return isWrong('what was never written');
  }
  return { isRead };
}

const OF_A_HISTORY = 60;

/**
 * Judges so many images, of one history after another.
 * @param most how many that are wrong are enough
 */
export async function judgeAll(
  images: number,
  most: number = Number.POSITIVE_INFINITY,
): Promise<{ wrong: readonly string[]; read: number }> {
  const wrong: string[] = [];
  let read = 0;
  for (let seed = 0; seed * OF_A_HISTORY < images; seed++) {
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
