/** Byte logs that are broken in what they do at once, and in what they show to readers. */
import { concat } from '../../bytes/concat.ts';
import type { ByteLog, Position, SyncByteLog } from '../../log/log.ts';
import { changed } from './media.ts';
import type { ByteMutant } from './mutant.ts';

export const syncMutants: Record<string, ByteMutant> = {
  'appends later what it was to append at once': {
    mutate: (bytes, memory) =>
      syncing(bytes, {
        append(chunks, options) {
          const copy = concat(chunks).slice();
          const end = memory.end + copy.length;
          setTimeout(() => syncOf(bytes).append([copy], { ...options, after: memory.end }), 5);
          return end;
        },
      }),
    killedBy: [
      'appendSync: what was written is there when it returns',
      'bytes at once: positions count bytes, and chunks follow one another',
    ],
  },
  'loses the last byte of what it appends at once': {
    mutate: (bytes) =>
      syncing(bytes, {
        append: (chunks, options) => syncOf(bytes).append([concat(chunks).slice(0, -1)], options),
      }),
    killedBy: [
      'appendSync: they come back, between others',
      'appendSync: while a replace takes its items it is kept, and the replace is not for what has grown',
      'bytes at once: positions count bytes, and chunks follow one another',
    ],
  },
  'forgets what is under way': {
    mutate: (bytes, memory) =>
      syncing(bytes, {
        append(chunks, options) {
          if (options.after !== memory.end) syncOf(bytes).truncate(options.after);
          return syncOf(bytes).append(chunks, { ...options, after: memory.end });
        },
      }),
    killedBy: [
      'appendSync: what an append was given that is under way is there, too',
      'appendSync: while an append is under way both are written, each once and in order',
      'bytes at once: an append that is under way comes first, and there is one of it',
    ],
  },
  'writes what is under way twice': {
    mutate(bytes) {
      let last: Uint8Array = new Uint8Array(0);
      let after: Position = -1;
      return syncing(
        changed(bytes, {
          append(chunks, options) {
            last = concat(chunks).slice();
            after = options.after;
            return bytes.append(chunks, options);
          },
        }),
        {
          append: (chunks, options) =>
            syncOf(bytes).append(options.after === after ? [last, ...chunks] : chunks, options),
        },
      );
    },
    killedBy: [
      'appendSync: while an append is under way both are written, each once and in order',
      'bytes at once: an append that is under way comes first, and there is one of it',
    ],
  },
  'takes any position for the end, at once': {
    mutate: (bytes, memory) =>
      syncing(bytes, {
        append: (chunks, options) => syncOf(bytes).append(chunks, { ...options, after: memory.end }),
      }),
    killedBy: [
      'appendSync: a position that is not the end throws LOG_CONFLICT, adds nothing, and the log goes on',
      'bytes at once: a position that is not the end throws LOG_CONFLICT',
    ],
  },
  'keeps the buffers of what it appends at once': {
    mutate: (bytes, memory) =>
      syncing(bytes, {
        append(chunks, options) {
          const end = syncOf(bytes).append(chunks, options);
          memory.parts.splice(-1, 1, ...chunks);
          return end;
        },
      }),
    killedBy: ['bytes at once: chunks are the caller’s again once it returns'],
  },
  'drops nothing when it is to truncate at once': {
    mutate: (bytes, memory) =>
      syncing(bytes, {
        truncate: () => undefined,
        append: (chunks, options) => syncOf(bytes).append(chunks, { ...options, after: memory.end }),
      }),
    killedBy: ['bytes at once: truncate drops what follows a position'],
  },
  'replaces what has grown at once': {
    mutate: (bytes, memory) =>
      changed(bytes, {
        replace: (chunks, { upTo }) =>
          bytes.replace(chunks, {
            upTo: () => {
              upTo();
              return memory.end;
            },
          }),
      }),
    killedBy: [
      'appendSync: while a replace takes its items it is kept, and the replace is not for what has grown',
    ],
  },
  'replaces later than it has asked': {
    mutate: (bytes, memory) =>
      changed(bytes, {
        async replace(chunks, { upTo }) {
          const parts: Uint8Array[] = [];
          for await (const chunk of chunks) parts.push(chunk.slice());
          const known = upTo();
          if (known !== memory.end) return bytes.replace(each(parts), { upTo: () => known });
          for (let tick = 0; tick < 4; tick++) await undefined;
          return bytes.replace(each(parts), { upTo: () => memory.end });
        },
      }),
    killedBy: ['appendSync: however far a replace has come, what is written at once is there'],
  },
  'shows readers nothing new': {
    mutate(bytes, memory) {
      let seen = Number.POSITIVE_INFINITY;
      return changed(bytes, {
        async open(options) {
          await bytes.open(options);
          seen = options.readOnly ? memory.end : Number.POSITIVE_INFINITY;
        },
        async *read(after) {
          for await (const chunk of bytes.read(after)) if (chunk.position < seen) yield chunk;
        },
      });
    },
    killedBy: ['readers: they see what was acknowledged when they opened, and later what has come since'],
  },
  'lets readers go on in what was replaced': {
    mutate(bytes, memory) {
      let old: { parts: Uint8Array[]; base: Position } | undefined;
      return changed(bytes, {
        async open(options) {
          await bytes.open(options);
          old = options.readOnly ? { parts: memory.parts, base: memory.base } : undefined;
        },
        async *read(after = 0) {
          if (!old || memory.base === old.base) {
            yield* bytes.read(after);
            return;
          }
          const whole = concat(old.parts);
          const from = Math.max(after, old.base);
          if (whole.length > from - old.base) yield { position: from, bytes: whole.slice(from - old.base) };
        },
      });
    },
    killedBy: ['readers: after a replace they read the whole log anew'],
  },
  'moves the end when a reader closes': {
    mutate: (bytes, memory) =>
      changed(bytes, {
        async close(options) {
          await bytes.close(options);
          if (readersOf.has(bytes)) memory.end++;
        },
        async open(options) {
          if (options.readOnly) readersOf.add(bytes);
          await bytes.open(options);
        },
      }),
    killedBy: ['readers: they leave the writer alone'],
  },
};

const readersOf = new WeakSet<ByteLog>();

function syncOf({ sync }: ByteLog): SyncByteLog {
  return sync as SyncByteLog;
}

function syncing(bytes: ByteLog, changes: Partial<SyncByteLog>): ByteLog {
  return changed(bytes, { sync: { ...syncOf(bytes), ...changes } });
}

async function* each(parts: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* parts;
}
