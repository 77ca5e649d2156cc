/** Byte logs that acknowledge what is not so, or that are wrong about what is whole. */
import { concat } from '../../bytes/concat.ts';
import { crc32 } from '../../bytes/crc32.ts';
import type { ByteLog } from '../../log/log.ts';
import type { MemoryMedium } from '../../log/memory-log.ts';
import { pause } from '../assert.ts';
import { changed } from './media.ts';
import type { ByteMutant } from './mutant.ts';

export const durabilityMutants: Record<string, ByteMutant> = {
  'acknowledges before it has written': {
    mutate: (bytes) => writeBehind(bytes, () => true),
    killedBy: [
      'a crash: what was acknowledged as strict is there',
      'a crash: what was acknowledged as relaxed is there',
      'several writers: what is acknowledged is there for a handle that opens, with no close in between',
    ],
  },
  'lies about relaxed': {
    mutate: (bytes) => writeBehind(bytes, (durability) => durability === 'relaxed'),
    killedBy: ['a crash: what was acknowledged as relaxed is there'],
  },
  'drops an append that close overtakes, and acknowledges it': {
    mutate(bytes) {
      let open = true;
      return changed(bytes, {
        async open(options) {
          open = true;
          await bytes.open(options);
        },
        async append(chunks, options) {
          const copies = chunks.map((chunk) => chunk.slice());
          await pause(1);
          return open ? bytes.append(copies, options) : options.after + concat(copies).length;
        },
        async close() {
          open = false;
          await bytes.close();
        },
      });
    },
    killedBy: ['states of a log: closing: an append that was under way is refused or done'],
  },
  'writes only when it is closed by hand, and loses the last append': {
    mutate: (bytes) =>
      changed(
        writeBehind(bytes, () => true),
        { close: () => bytes.close() },
      ),
    killedBy: [
      'append: many appends keep their order and content',
      'open: a new handle goes on where another ended',
    ],
  },
  'truncates for itself only': {
    mutate(bytes, memory) {
      return changed(bytes, {
        async truncate(position) {
          const parts = [...memory.parts];
          const { end } = memory;
          await bytes.truncate?.(position);
          memory.parts.push(concat(parts).slice(position - memory.base));
          memory.end = end;
        },
      });
    },
    killedBy: ['truncate bytes: it survives a crash', 'truncate bytes: what follows the position is gone'],
  },
  'does not truncate': {
    mutate: (bytes) => changed(bytes, { truncate: async () => {} }),
    killedBy: ['truncate bytes: what follows the position is gone', 'truncate bytes: to nothing'],
  },
  'counts from the first byte when it truncates': {
    mutate: (bytes, memory) =>
      changed(bytes, { truncate: async (position) => bytes.truncate?.(position + memory.base) }),
    killedBy: ['truncate bytes: after a replace, whose content has a position of its own'],
  },
  'says more is settled than there is': {
    mutate: (bytes, memory) =>
      changed(bytes, {
        get settled() {
          return memory.end + 1;
        },
      }),
    killedBy: [
      'settled bytes: a new log has none',
      'settled bytes: after a close it is at most what was written',
    ],
  },
  'remembers what was settled, whatever follows': {
    mutate(bytes, memory) {
      const kept = memory as MemoryMedium & { settled?: number };
      return changed(bytes, {
        get settled() {
          return kept.settled ?? 0;
        },
        async close() {
          kept.settled = Math.max(kept.settled ?? 0, memory.end);
          await bytes.close();
        },
      });
    },
    killedBy: ['settled bytes: it follows a truncate', 'settled bytes: a destroyed log has none'],
  },
  'has a checksum of its own': {
    mutate: (bytes) =>
      changed(bytes, { crc32: (data, seed) => crc32(data, seed) ^ (data.length > 600 ? 1 : 0) }),
    killedBy: ['read bytes: its crc32, if it brings one, is the CRC-32'],
  },
};

/** Copies what is to be written, and writes it with the next append or with close. */
function writeBehind(bytes: ByteLog, applies: (durability: string) => boolean): ByteLog {
  let pending: (() => Promise<number>) | undefined;
  const flush = async (): Promise<void> => {
    const write = pending;
    pending = undefined;
    await write?.();
  };
  return changed(bytes, {
    async append(chunks, options) {
      await flush();
      if (!applies(options.durability)) return bytes.append(chunks, options);
      const whole = concat(chunks);
      pending = () => bytes.append([whole], options);
      return options.after + whole.length;
    },
    async close() {
      await flush();
      await bytes.close();
    },
  });
}
