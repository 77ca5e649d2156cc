import type { Commit } from '../../format/commit.ts';
import type { Durability, Log, LogItem, LogOpenOptions, Position } from '../../log/log.ts';
import { equal, ok, same, sameBytes } from '../assert.ts';
import type { Content } from '../fixtures.ts';
import type { Medium } from '../harness.ts';
import type { Stage } from '../stage.ts';

/** A log used as a store uses it: opened, read, and its end known. */
export class OpenLog {
  readonly log: Log;
  /** The end of the log as this writer knows it. */
  end: Position = 0;
  /** What the log held when it was opened. */
  found: LogItem[] = [];
  isOpen = true;

  constructor(log: Log) {
    this.log = log;
  }

  /** With the strongest durability there is, unless told otherwise. */
  async append(commits: readonly Commit[], durability?: Durability): Promise<Position> {
    const level = durability ?? (this.log.capabilities.durability[0] as Durability);
    this.end = await this.log.append(commits, { durability: level, after: this.end });
    return this.end;
  }

  /** Takes in what others have added since. */
  async catchUp(): Promise<LogItem[]> {
    const items = await collect(this.log.read(this.end));
    const known = this.end;
    this.end = items.at(-1)?.position ?? known;
    return known === 0 ? withoutStart(items) : items;
  }

  /** Everything, read anew; a check that leaves the log as it is. */
  async check(): Promise<LogItem[]> {
    return withoutStart(await collect(this.log.read()));
  }

  async replace(contents: readonly Content[]): Promise<Position> {
    this.end = await this.log.replace(batches(contents), { upTo: () => this.end });
    return this.end;
  }

  async close(): Promise<void> {
    this.isOpen = false;
    await this.log.close();
  }
}

export const CREATE: LogOpenOptions = { readOnly: false, mode: 'create' };

export interface OpenLogOptions extends Partial<LogOpenOptions> {
  readonly medium?: Medium<Log>;
  /** A handle to open again; a new one if not given. */
  readonly handle?: Log;
}

/** Opens and reads. Closed when the test ends, if it is still open. */
export async function openLog(stage: Stage<Log>, options: OpenLogOptions = {}): Promise<OpenLog> {
  const { medium = stage.medium, handle = medium.handle(), ...rest } = options;
  const opened = new OpenLog(handle);
  await handle.open({ ...CREATE, ...rest });
  stage.atEnd(() => opened.isOpen && opened.close());
  const items = await collect(handle.read());
  opened.found = withoutStart(items);
  opened.end = items.at(-1)?.position ?? 0;
  return opened;
}

/** What a handle that opens the medium now finds; it is closed again. */
export async function found(stage: Stage<Log>, medium: Medium<Log> = stage.medium): Promise<LogItem[]> {
  const opened = await openLog(stage, { medium });
  await opened.close();
  return opened.found;
}

/** All items of a reading. */
export async function collect(batches: AsyncIterable<readonly LogItem[]>): Promise<LogItem[]> {
  const items: LogItem[] = [];
  for await (const batch of batches) items.push(...batch);
  return items;
}

/** Where nothing was known, a log may say so. */
function withoutStart(items: readonly LogItem[]): LogItem[] {
  return items.slice(items[0]?.type === 'start' ? 1 : 0);
}

/** The contents as `replace` takes them: in batches of three. */
export async function* batches(contents: readonly Content[]): AsyncGenerator<readonly LogItem[]> {
  for (let i = 0; i < contents.length; i += 3) {
    yield contents.slice(i, i + 3).map((content) => ({ ...content, position: 0 }) as LogItem);
  }
}

/** Commits as contents. */
export function asContents(commits: readonly Commit[]): Content[] {
  return commits.map((commit) => ({ type: 'commit', commit }));
}

/** Passes when the items are these, byte by byte, and their positions grow. */
export function sameItems(actual: readonly LogItem[], expected: readonly Content[], what: string): void {
  same(
    actual.map(({ type }) => type),
    expected.map(({ type }) => type),
    `${what}: types of items`,
  );
  let last: Position = 0;
  for (const [index, item] of actual.entries()) {
    const where = `${what}: item ${index} (${item.type})`;
    sameItem(item, expected[index] as Content, where);
    ok(Number.isSafeInteger(item.position), `${where}: its position is not a safe integer`);
    ok(
      item.position > last || (item.type !== 'commit' && item.position === last),
      `${where}: position did not grow`,
    );
    last = item.position;
  }
}

function sameItem(item: LogItem, expected: Content, where: string): void {
  if (item.type === 'commit' && expected.type === 'commit') {
    equal(item.commit.seq, expected.commit.seq, `${where}: seq`);
    sameBytes(item.commit.payload, expected.commit.payload, where);
  } else if (item.type === 'block' && expected.type === 'block') {
    sameBytes(item.bytes, expected.bytes, where);
  } else if (item.type === 'run' && expected.type === 'run') {
    const { seq, blocks, entries } = item.summary;
    same({ seq, blocks, entries }, expected.summary, `${where}: summary`);
  }
}
