/** Keeps a damaged file, as it is, under a name of its own: `<path>.damaged-1`, or the next that is free. */
import type { FileHandle, FileSystem } from './file-system.ts';
import { openExisting, removeFile } from './find-file.ts';
import { codeOf, ioError, wrapping } from './io-error.ts';
import { readChunks } from './read-chunks.ts';
import { syncDirectoryOf } from './replacement.ts';
import { writeAll } from './write-all.ts';

/** Codes by which a system says that it has no hard links, or no more for this file. */
const CANNOT_LINK = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK', 'EINVAL']);

/** What is copied at a time. */
const COPY_BYTES = 8 * 1024 * 1024;

/**
 * Gives the file at `path`, which is open as `file`, a second name, durably; it keeps its first. Where a file can
 * have only one name, it is copied.
 * @returns the name
 */
export async function keepAside(fs: FileSystem, path: string, file: FileHandle): Promise<string> {
  for (let number = 1; ; number++) {
    const name = `${path}.damaged-${number}`;
    try {
      await fs.link(path, name);
    } catch (error) {
      if (codeOf(error) === 'EEXIST') continue;
      if (!CANNOT_LINK.has(codeOf(error) ?? '')) throw ioError('keep', path, error);
      if (!(await copyTo(fs, path, file, name))) continue;
    }
    await syncDirectoryOf(fs, path);
    return name;
  }
}

/** Copies the file to `name`, where it appears when it is whole. @returns false when the name is taken */
async function copyTo(fs: FileSystem, path: string, file: FileHandle, name: string): Promise<boolean> {
  const taken = await openExisting(fs, name, 'r');
  if (taken) {
    await taken.close();
    return false;
  }
  const part = `${name}.part`;
  await removeFile(fs, part); // Left by a process that was stopped.
  await wrapping('copy', path, async () => {
    const { mode, bytes } = await file.stat();
    const copy = await fs.open(part, 'wx+', mode);
    try {
      for await (const chunk of readChunks(file, 0, bytes, COPY_BYTES))
        await writeAll(copy, [chunk.bytes], chunk.position);
      await copy.fsync();
    } finally {
      await copy.close();
    }
    await fs.rename(part, name);
  });
  return true;
}
