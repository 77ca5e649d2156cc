/**
 * A lock that is a name: an abstract unix socket on Linux, a named pipe on Windows. The system gives a name to one
 * process and takes it back when that ends, however it ends; nothing is left behind, and nothing need be cleaned up.
 * It is not seen outside a network namespace: of containers that share a file each has its own.
 */
import { readFileSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import type { FileLock, LockHolder } from './file-lock.ts';

const PREFIX: Partial<Record<NodeJS.Platform, string>> = {
  linux: '\0isokv-',
  android: '\0isokv-',
  win32: '\\\\.\\pipe\\isokv-',
};

/** Whether this system has such names. */
export const hasNames: boolean = process.platform in PREFIX;

/** How long who has a name may take to say who it is, where the system does not. */
const PATIENCE_MS = 500;

/** Raises what the system does when it has no such names after all. */
export async function namedLock(name: string): Promise<FileLock | LockHolder> {
  const servers = new Map<string, readonly Server[]>();
  const lock: FileLock = {
    async add(added) {
      if (servers.has(added)) return true;
      const server = await listen(addressOf(added));
      if (!server) return false;
      // A second name, which nobody competes for, says who it is: the system lists names.
      const sign =
        process.platform === 'win32' ? undefined : await listen(`${addressOf(added)}-${process.pid}`);
      servers.set(added, sign ? [server, sign] : [server]);
      return true;
    },
    async drop(dropped) {
      const closing = servers.get(dropped) ?? [];
      servers.delete(dropped);
      await Promise.all(closing.map(close));
    },
    async release() {
      await Promise.all([...servers.keys()].map((held) => lock.drop(held)));
    },
  };
  return (await lock.add(name)) ? lock : { heldBy: signed(name) ?? (await ask(name)) };
}

function addressOf(name: string): string {
  return `${PREFIX[process.platform]}${name}`;
}

/** Who has signed for a name, as Linux lists it; undefined elsewhere. */
function signed(name: string): number | undefined {
  try {
    const [, pid] = new RegExp(`@isokv-${name}-(\\d+)`).exec(readFileSync('/proc/net/unix', 'latin1')) ?? [];
    return pid === undefined ? undefined : Number(pid);
  } catch {
    return undefined;
  }
}

/** Who has a name, as that one says itself, if it finds the time. */
export function ask(name: string): Promise<number | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ path: addressOf(name) });
    socket.setTimeout(PATIENCE_MS, () => socket.destroy());
    socket.once('data', (text) => resolve(Number(text)));
    socket.once('error', () => socket.destroy());
    socket.once('close', () => resolve(undefined));
  });
}

function listen(path: string): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer((asking) => {
      asking.on('error', () => asking.destroy()); // Who asks may have gone.
      asking.end(String(process.pid));
      asking.unref();
    });
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(undefined) : reject(error),
    );
    // Exclusive: or the workers of a cluster would share the one of its primary.
    server.listen({ path, exclusive: true }, () => resolve(server));
    server.unref();
  });
}

/** Its name is free at once; nobody need be waited for who asks just now. */
async function close(server: Server): Promise<void> {
  server.close();
}
