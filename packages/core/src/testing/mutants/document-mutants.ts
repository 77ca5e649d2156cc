/** Documents that are broken, each in one way, and the tests that must notice. */
import { crc32 } from '../../bytes/crc32.ts';
import { IsokvError, logConflict } from '../../errors.ts';
import { pause } from '../assert.ts';
import { type Cell, changed } from './media.ts';
import type { DocumentMutant } from './mutant.ts';

export const documentMutants: Record<string, DocumentMutant> = {
  'writes whatever the version': {
    mutate: (document) => changed(document, { write: (bytes) => document.write(bytes, {}) }),
    killedBy: [
      'document versions: a version that is not the current one rejects with LOG_CONFLICT and changes nothing',
    ],
  },
  'raises LOG_CONFLICT when it has written': {
    mutate: (document, cell) =>
      changed(document, {
        async write(bytes, { ifVersion }) {
          const conflict = ifVersion !== undefined && ifVersion !== String(cell.version);
          const written = await document.write(bytes, {});
          if (conflict) throw logConflict();
          return written;
        },
      }),
    killedBy: [
      'document versions: a version that is not the current one rejects with LOG_CONFLICT and changes nothing',
    ],
  },
  'looks at the version, then writes later': {
    mutate: (document, cell) =>
      changed(document, {
        async write(bytes, { ifVersion }) {
          if (ifVersion !== undefined && ifVersion !== String(cell.version)) throw logConflict();
          await pause(1);
          return document.write(bytes, {});
        },
      }),
    killedBy: ['document versions: of two writes at once over the same version one wins'],
  },
  'takes a checksum for a version': {
    mutate: (document, cell) =>
      changed(document, {
        async read() {
          const found = await document.read();
          return found && { ...found, version: String(crc32(found.bytes, 0)) };
        },
        async write(bytes, { ifVersion }) {
          if (ifVersion !== undefined && cell.bytes && ifVersion !== String(crc32(cell.bytes, 0)))
            throw logConflict();
          await document.write(bytes, {});
          return { version: String(crc32(bytes, 0)) };
        },
      }),
    killedBy: ['document versions: read gives the version that write gave, another for each write'],
  },
  'brings back what was removed': {
    mutate: (document, cell) =>
      changed(document, { write: (bytes, options) => document.write(bytes, cell.bytes ? options : {}) }),
    killedBy: ['document versions: the version of a document that was removed rejects with LOG_CONFLICT'],
  },
  'gives no versions': {
    mutate: (document) =>
      changed(document, {
        async read() {
          const found = await document.read();
          return found && { bytes: found.bytes };
        },
        async write(bytes) {
          await document.write(bytes, {});
          return {};
        },
      }),
    killedBy: ['document versions: it has versions if the harness says so, and if it is shared'],
  },
  'creates over what another has created': {
    mutate: (document) =>
      changed(document, {
        write: (bytes, { ifVersion }) => document.write(bytes, { ifVersion: ifVersion ?? undefined }),
      }),
    killedBy: [
      'document versions: a write that says it must not exist rejects with LOG_CONFLICT where it does',
    ],
  },
  'cannot create': {
    mutate: (document, cell) =>
      changed(document, {
        async write(bytes, options) {
          if (!cell.bytes && options.ifVersion === null) throw logConflict();
          return document.write(bytes, options);
        },
      }),
    killedBy: ['document versions: a write that says it must not exist creates it'],
  },
  'needs a version': {
    mutate: (document, cell) =>
      changed(document, {
        async write(bytes, options) {
          if (cell.bytes && options.ifVersion === undefined) throw logConflict();
          return document.write(bytes, options);
        },
      }),
    killedBy: ['document versions: a write with no version named is done'],
  },
  'takes empty for absent': {
    mutate: (document, cell) =>
      changed(document, { read: async () => (cell.bytes?.length === 0 ? undefined : document.read()) }),
    killedBy: ['document: empty is not absent'],
  },
  'takes absent for empty': {
    mutate: (document) =>
      changed(document, {
        read: async () => (await document.read()) ?? { bytes: new Uint8Array(0), version: '0' },
      }),
    killedBy: [
      'document: a new one is absent',
      'document: remove makes it absent, and it can be written again',
    ],
  },
  'stores text': {
    mutate: (document) =>
      changed(document, {
        write: (bytes, options) =>
          document.write(new TextEncoder().encode(new TextDecoder().decode(bytes)), options),
      }),
    killedBy: ['document: any bytes come back as they were given, at the ends too'],
  },
  'strips a byte order mark': {
    mutate: (document) =>
      changed(document, {
        write: (bytes, options) => document.write(bytes[0] === 0xef ? bytes.subarray(3) : bytes, options),
      }),
    killedBy: ['document: any bytes come back as they were given, at the ends too'],
  },
  'leaves the end of longer content': {
    mutate: (document, cell) =>
      changed(document, {
        async write(bytes, options) {
          const rest = cell.bytes?.subarray(bytes.length) ?? new Uint8Array(0);
          const whole = new Uint8Array(bytes.length + rest.length);
          whole.set(bytes);
          whole.set(rest, bytes.length);
          return document.write(whole, options);
        },
      }),
    killedBy: ['document: it comes back as it was written, for any handle'],
  },
  'writes the whole buffer of a view': {
    mutate: (document) =>
      changed(document, { write: (bytes, options) => document.write(new Uint8Array(bytes.buffer), options) }),
    killedBy: ['document: a view of a larger buffer is written alone'],
  },
  'keeps the caller’s bytes': {
    mutate: (document, cell) =>
      changed(document, {
        async write(bytes, options) {
          const written = await document.write(bytes, options);
          cell.bytes = bytes;
          return written;
        },
      }),
    killedBy: ['document: bytes are the caller’s again once it settles'],
  },
  'reads into one buffer': {
    mutate(document) {
      const buffer = new Uint8Array(8_000_000);
      return changed(document, {
        async read() {
          const found = await document.read();
          if (!found) return undefined;
          buffer.set(found.bytes);
          return { ...found, bytes: buffer.subarray(0, found.bytes.length) };
        },
      });
    },
    killedBy: ['document: what was read stays as it was read'],
  },
  'writes in two steps': {
    mutate: (document, cell) =>
      changed(document, {
        async write(bytes, options) {
          const half = bytes.slice(0, bytes.length >> 1);
          const { version } = await document.write(half, options);
          await pause(1);
          return document.write(bytes, version === undefined ? {} : { ifVersion: String(cell.version) });
        },
      }),
    killedBy: ['document: a reader meanwhile sees the old or the new'],
  },
  'acknowledges before it has written': {
    mutate: (document, cell) =>
      changed(document, {
        async write(bytes, options) {
          const before = { bytes: cell.bytes, version: cell.version };
          const written = await document.write(bytes, options);
          const after = { bytes: cell.bytes, version: cell.version };
          Object.assign(cell, { bytes: before.bytes });
          setTimeout(() => Object.assign(cell, after), 0);
          return written;
        },
      }),
    killedBy: ['document: what was acknowledged survives a crash'],
  },
  'does not remove': {
    mutate: (document) => changed(document, { remove: async () => {} }),
    killedBy: ['document: remove makes it absent, and it can be written again'],
  },
  'removes by making it empty': {
    mutate: (document, cell) =>
      changed(document, {
        async remove() {
          if (cell.bytes) await document.write(new Uint8Array(0), {});
        },
      }),
    killedBy: ['document: remove makes it absent, and it can be written again'],
  },
  'fails to remove what is not there': {
    mutate: (document, cell) =>
      changed(document, {
        async remove() {
          if (!cell.bytes) throw new IsokvError('IO', 'ENOENT');
          await document.remove();
        },
      }),
    killedBy: ['document: remove makes it absent, and it can be written again'],
  },
  'removes its neighbours too': {
    mutate(document, cell) {
      neighbours.add(cell);
      return changed(document, {
        async remove() {
          for (const neighbour of neighbours) neighbour.bytes = undefined;
          neighbours.clear();
        },
      });
    },
    killedBy: ['document: documents side by side do not mix'],
  },
  'tells nobody': {
    mutate: (document) => changed(document, { watch: () => () => {} }),
    killedBy: ['document watch: it tells of what others write, not of its own, until it is ended'],
  },
  'tells of its own writes': {
    mutate: (document, cell) =>
      changed(document, {
        watch(onWrite) {
          const listeners = new Set([onWrite]);
          cell.listeners.add(listeners);
          return () => cell.listeners.delete(listeners);
        },
      }),
    killedBy: ['document watch: it tells of what others write, not of its own, until it is ended'],
  },
  'tells after it was ended': {
    mutate: (document) =>
      changed(document, {
        watch(onWrite) {
          document.watch?.(onWrite);
          return () => {};
        },
      }),
    killedBy: ['document watch: it tells of what others write, not of its own, until it is ended'],
  },
};

const neighbours = new Set<Cell>();
