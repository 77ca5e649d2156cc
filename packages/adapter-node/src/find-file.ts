/** Finds, opens and removes files that need not be there. */
import type { FileHandle, FileSystem } from './file-system.ts';
import { codeOf, wrapping, wrappingSync } from './io-error.ts';

/** @returns undefined when there is no such file */
export async function openExisting(
  fs: FileSystem,
  path: string,
  flags: 'r' | 'r+',
): Promise<FileHandle | undefined> {
  return wrapping('open', path, () =>
    fs.open(path, flags).catch((error) => {
      if (codeOf(error) === 'ENOENT') return undefined;
      throw error;
    }),
  );
}

/** Removes a file that need not be there. @returns whether it was */
export async function removeFile(fs: FileSystem, path: string): Promise<boolean> {
  return wrapping('remove', path, () =>
    fs.unlink(path).then(
      () => true,
      (error) => {
        if (codeOf(error) === 'ENOENT') return false;
        throw error;
      },
    ),
  );
}

/** The path that symbolic links lead to: a replacement must take the place of the file, not of the link. */
export async function followLinks(fs: FileSystem, path: string): Promise<string> {
  try {
    return await fs.realpath(path);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return path;
    return wrapping('open', path, () => Promise.reject(error));
  }
}

/** As `followLinks`, done when it returns. */
export function followLinksSync(fs: FileSystem, path: string): string {
  return wrappingSync('open', path, () => orAbsent(() => fs.realpathSync(path))) ?? path;
}

/** What `work` returns; undefined when it finds nothing there. */
export function orAbsent<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}
