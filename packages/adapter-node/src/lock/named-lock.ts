/**
 * A lock that is a name: an abstract unix socket on Linux, a named pipe on Windows. The system gives a name to one
 * process and takes it back when that ends, however it ends; nothing is left behind, and nothing need be cleaned up.
 * It is not seen outside a network namespace: of containers that share a file each has its own.
 */
import { createServer, type Server } from 'node:net';
import type { FileLock } from './file-lock.ts';

const PREFIX: Partial<Record<NodeJS.Platform, string>> = {
  linux: '\0isokv-',
  android: '\0isokv-',
  win32: '\\\\.\\pipe\\isokv-',
};

/** Whether this system has such names. */
export const hasNames: boolean = process.platform in PREFIX;

/** @returns undefined when it is held; raises what the system does when it has no such names after all */
export async function namedLock(name: string): Promise<FileLock | undefined> {
  const servers = new Map<string, Server>();
  const lock: FileLock = {
    async add(added) {
      const server = await listen(`${PREFIX[process.platform]}${added}`);
      if (server) servers.set(added, server);
      return server !== undefined;
    },
    async drop(dropped) {
      const server = servers.get(dropped);
      servers.delete(dropped);
      if (server) await close(server);
    },
    async release() {
      await Promise.all([...servers.keys()].map((held) => lock.drop(held)));
    },
  };
  return (await lock.add(name)) ? lock : undefined;
}

function listen(path: string): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer((stranger) => stranger.destroy());
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(undefined) : reject(error),
    );
    // Exclusive: or the workers of a cluster would share the one of its primary.
    server.listen({ path, exclusive: true }, () => resolve(server));
    server.unref();
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}
