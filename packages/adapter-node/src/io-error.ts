/** Wraps what the operating system raises: what failed, on which path, and what to do about it. */
import { type ErrorCode, IsokvError } from '@isokv/core';

const ADVICE: Readonly<Record<string, string>> = {
  EACCES: 'give this process permission to the file and its folder, or open it with readOnly',
  EPERM: 'give this process permission to the file and its folder, or open it with readOnly',
  EROFS: 'the medium cannot be written: open it with readOnly',
  ENOENT: 'create the folder first, and see that nothing removes the file',
  EEXIST: 'it has appeared meanwhile, or is a symbolic link to nothing: see what it is, and open again',
  ENOTDIR: 'a part of the path before the last is not a folder: give another path',
  ENOSPC: 'free some space on the medium',
  EDQUOT: 'free some space, or raise the quota',
  EFBIG: 'the file system or a limit of this process allows no larger file',
  EMFILE: 'too many files are open: raise the limit (ulimit -n), or close some stores',
  ENFILE: 'too many files are open on this machine',
  ELOOP: 'the symbolic links of the path lead in a circle',
  ENAMETOOLONG: 'give a shorter path',
  EISDIR: 'give the path of the file to keep the store in',
  ENXIO: 'it is a socket or a pipe: give the path of the file to keep the store in',
};

/** What is not the medium's failure, but has a code of its own. */
const CODES: Readonly<Record<string, ErrorCode>> = {
  EACCES: 'PERMISSION',
  EPERM: 'PERMISSION',
  EROFS: 'READ_ONLY_MEDIUM',
  ENAMETOOLONG: 'PATH_TOO_LONG',
  EISDIR: 'DIRECTORY',
  ENXIO: 'NOT_A_FILE',
};

/** The error to raise for `cause`: itself if it is one of isokv already. `action`: `could not …` */
export function ioError(action: string, path: string, cause: unknown): IsokvError {
  if (cause instanceof IsokvError) return cause;
  const advice = ADVICE[codeOf(cause) ?? ''] ?? 'check the medium and the log of the system';
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new IsokvError(
    CODES[codeOf(cause) ?? ''] ?? 'IO',
    `could not ${action} ${path} (${reason}): ${advice}`,
    { cause },
  );
}

/** Does `work` and wraps what it raises. */
export async function wrapping<T>(action: string, path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw ioError(action, path, cause);
  }
}

/** As `wrapping`, for work that is done when it returns. */
export function wrappingSync<T>(action: string, path: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    throw ioError(action, path, cause);
  }
}

/** The system's name for an error, such as `ENOENT`. */
export function codeOf(error: unknown): string | undefined {
  return (error as { code?: string } | undefined)?.code;
}
