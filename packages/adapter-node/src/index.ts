export { type FileLogOptions, fileLog } from './file-log.ts';
export type { FileHandle, FileStatus, FileSystem } from './file-system.ts';
export { nodeFileSystem } from './node-file-system.ts';
