/** Logs that are broken, each in one way, and the tests that must notice. */
import { IsokvError } from '../../errors.ts';
import type { Log, LogItem, Position } from '../../log/log.ts';
import { changed } from './media.ts';
import type { LogMutant } from './mutant.ts';

export const logMutants: Record<string, LogMutant> = {
  'loses the second append': {
    mutate(log) {
      let calls = 0;
      return changed(log, {
        append: (commits, options) => log.append(++calls === 2 ? [] : commits, options),
      });
    },
    killedBy: [
      'append: many appends keep their order and content',
      'append: any bytes come back as they were given, at the ends too',
    ],
  },
  'loses the last commit of a flight': {
    mutate: (log) =>
      changed(log, {
        append: (commits, options) => log.append(commits.slice(0, Math.max(1, commits.length - 1)), options),
      }),
    killedBy: [
      'append: many appends keep their order and content',
      'append: commits of several MiB come back whole',
    ],
  },
  'reorders the commits of a flight': {
    mutate: (log) =>
      changed(log, { append: (commits, options) => log.append([...commits].reverse(), options) }),
    killedBy: ['append: many appends keep their order and content'],
  },
  'adds an empty commit for an empty list': {
    mutate: (log) =>
      changed(log, {
        append: (commits, options) =>
          log.append(commits.length > 0 ? commits : [{ seq: 1, payload: Uint8Array.of(1) }], options),
      }),
    killedBy: [
      'append: an empty list adds nothing',
      'append: an empty list on an empty log leaves it one that can grow',
    ],
  },
  'lets another open what is open': {
    mutate: (log) =>
      changed(log, {
        async open(options) {
          await log.close();
          await log.open(options);
        },
      }),
    killedBy: ['open: a handle that is open is not opened again, and goes on'],
  },
  'appends at once whether it is open or not': {
    mutate(log) {
      let isOpen = false;
      return changed(log, {
        async open(options) {
          await log.open(options);
          isOpen = true;
        },
        close() {
          isOpen = false;
          return log.close();
        },
        appendSync: (commits, options) =>
          isOpen ? (log.appendSync as NonNullable<Log['appendSync']>)(commits, options) : options.after,
      });
    },
    killedBy: ['appendSync: before open and after close it throws, and changes nothing'],
  },
  'drops what is not a put': {
    mutate: (log) =>
      reading(log, (item) =>
        item.type === 'commit' ? withPayload(item, (bytes) => bytes.slice(0, 60)) : item,
      ),
    killedBy: ['append: every kind of change comes back as it was given'],
  },
  'cannot go on after LOG_CONFLICT': {
    mutate(log) {
      let conflicted = false;
      return changed(log, {
        async append(commits, options) {
          if (conflicted) throw new IsokvError('IO', 'this log is no longer usable');
          return log.append(commits, options).catch((error) => {
            conflicted = true;
            throw error;
          });
        },
      });
    },
    killedBy: [
      'append: a position that is not the end rejects with LOG_CONFLICT, adds nothing, and the log goes on',
      'several writers: two writers at an empty log: neither is lost',
    ],
  },
  'says that a conflict is an append': {
    mutate: (log) =>
      changed(log, { append: (commits, options) => log.append(commits, options).catch(() => options.after) }),
    killedBy: [
      'append: a position that is not the end rejects with LOG_CONFLICT, adds nothing, and the log goes on',
    ],
  },
  'gives every item the same position': {
    mutate: (log) => reading(log, (item) => ({ ...item, position: 1 })),
    killedBy: ['read: the last item’s position is the end that append resolved to'],
  },
  'numbers commits anew': {
    mutate(log) {
      return reading(log, (item) =>
        item.type === 'commit' ? { ...item, commit: { ...item.commit, seq: 1 } } : item,
      );
    },
    killedBy: ['append: many appends keep their order and content'],
  },
  'trims zeros from payloads': {
    mutate: (log) =>
      reading(log, (item) =>
        item.type === 'commit'
          ? withPayload(item, (bytes) => (bytes.at(-1) === 0 ? bytes.slice(0, -1) : bytes))
          : item,
      ),
    killedBy: ['append: any bytes come back as they were given, at the ends too'],
  },
  'yields no end of the run': {
    mutate: (log) => reading(log, (item) => (item.type === 'run' ? undefined : item)),
    killedBy: ['replace: a run and the commits after it come back as they were given'],
  },
  'yields commits before the run': {
    mutate(log) {
      async function* read(after?: Position): AsyncGenerator<readonly LogItem[]> {
        const items: LogItem[] = [];
        for await (const batch of log.read(after)) items.push(...batch);
        yield items.filter(({ type }) => type === 'start');
        yield items.filter(({ type }) => type === 'commit');
        yield items.filter(({ type }) => type !== 'commit' && type !== 'start');
      }
      return changed(log, { read });
    },
    killedBy: ['replace: a run and the commits after it come back as they were given'],
  },
  'loses the last batch of a replace': {
    mutate: (log) =>
      changed(log, {
        async replace(items, options) {
          async function* fewer(): AsyncGenerator<readonly LogItem[]> {
            let held: readonly LogItem[] | undefined;
            for await (const batch of items) {
              if (held) yield held;
              held = batch;
            }
            if (held && held.at(-1)?.type !== 'commit') yield held;
          }
          return log.replace(fewer(), options);
        },
      }),
    killedBy: ['replace: many MiB'],
  },
  'refuses to replace with nothing': {
    mutate: (log) =>
      changed(log, {
        async replace(items, options) {
          let count = 0;
          async function* counted(): AsyncGenerator<readonly LogItem[]> {
            for await (const batch of items) {
              count += batch.length;
              yield batch;
            }
            if (count === 0) throw new IsokvError('IO', 'nothing to write');
          }
          return log.replace(counted(), options);
        },
      }),
    killedBy: ['replace: with nothing leaves an empty log that can grow'],
  },
  'does not say that all begins anew': {
    mutate: (log) => reading(log, (item) => (item.type === 'start' ? undefined : item)),
    killedBy: ['several writers: after another’s replace a writer that was behind reads the whole log anew'],
  },
  'does not read what others have added': {
    mutate: (log) =>
      changed(log, {
        async *read(after) {
          if (after === undefined) yield* log.read();
        },
      }),
    killedBy: ['several writers: writers that take turns end with the same log'],
  },
  'hands out blocks that the next reading fills again': {
    mutate(log) {
      const buffers: Uint8Array[] = [];
      async function* read(after?: Position): AsyncGenerator<readonly LogItem[]> {
        let index = 0;
        for await (const batch of log.read(after)) {
          yield batch.map((item) => {
            if (item.type !== 'block') return item;
            const buffer = buffers[index] ?? new Uint8Array(1_000_000);
            buffers[index++] = buffer;
            buffer.fill(0xaa);
            buffer.set(item.bytes);
            return { ...item, bytes: buffer.subarray(0, item.bytes.length) };
          });
        }
      }
      return changed(log, { read });
    },
    killedBy: ['replace: what was read before stays as it was'],
  },
  'does not close': {
    mutate: (log) => changed(log, { close: async () => {} }),
    killedBy: ['states of a log: closed: append rejects, and changes nothing'],
  },
  'closes for all handles': {
    mutate(log) {
      return changed(log, {
        async close() {
          await log.close();
          for (const other of openHandles) await other.close();
          openHandles.clear();
        },
        async open(options) {
          await log.open(options);
          openHandles.add(log);
        },
      });
    },
    killedBy: ['several writers: one handle’s close leaves the others open'],
  },
  'opens by itself': {
    mutate(log) {
      let read = false;
      return changed(log, {
        async append(commits, options) {
          if (!read) {
            await log.open({ readOnly: false, mode: 'create' });
            for await (const _ of log.read());
          }
          read = true;
          return log.append(commits, options);
        },
        read(after) {
          read = true;
          return log.read(after);
        },
        close() {
          read = false;
          return log.close();
        },
      });
    },
    killedBy: [
      'states of a log: before open: append and replace reject, and change nothing',
      'states of a log: closed: append rejects, and changes nothing',
    ],
  },
  'acknowledges what comes before it is read': {
    mutate(log) {
      let state: 'closed' | 'open' | 'read' = 'closed';
      async function* read(after?: Position): AsyncGenerator<readonly LogItem[]> {
        yield* log.read(after);
        if (state === 'open') state = 'read';
      }
      return changed(log, {
        read,
        open(options) {
          state = 'open';
          return log.open(options);
        },
        append: async (commits, options) => (state === 'open' ? options.after : log.append(commits, options)),
        close() {
          state = 'closed';
          return log.close();
        },
      });
    },
    killedBy: [
      'states of a log: opening: an append is refused or done',
      'states of a log: open, not read: an append is refused or done',
      'states of a log: open, half read: an append is refused or done',
    ],
  },
  'acknowledges what comes when it is closing, or closed': {
    mutate(log) {
      let isClosed = false;
      return changed(log, {
        open(options) {
          isClosed = false;
          return log.open(options);
        },
        append: async (commits, options) => (isClosed ? options.after : log.append(commits, options)),
        replace: async (items, options) => (isClosed ? options.upTo() : log.replace(items, options)),
        close() {
          isClosed = true;
          return log.close();
        },
      });
    },
    killedBy: [
      'states of a log: closing: an append that comes then is refused or done',
      'states of a log: closed: append rejects, and changes nothing',
    ],
  },
};

const openHandles = new Set<Log>();

/** A log whose items are changed as they are read, or left out. */
function reading(log: Log, change: (item: LogItem) => LogItem | undefined): Log {
  async function* read(after?: Position): AsyncGenerator<readonly LogItem[]> {
    for await (const batch of log.read(after)) yield batch.map(change).filter((item) => item !== undefined);
  }
  return changed(log, { read });
}

function withPayload(item: LogItem & { type: 'commit' }, change: (bytes: Uint8Array) => Uint8Array): LogItem {
  return { ...item, commit: { ...item.commit, payload: change(item.commit.payload) } };
}
