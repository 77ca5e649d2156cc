export { type BackupFileOptions, backupFile } from './backup-file.ts';
export type { BackupsOptions } from './backups.ts';
export { type FileLogOptions, fileLog } from './file-log.ts';
export type { FileHandle, FileStatus, FileSystem } from './file-system.ts';
export { explainFile, type FileFinding, inspectFile, type SuperblockFinding } from './inspect-file.ts';
export { type JsonFileOptions, jsonFile } from './json/json-file.ts';
export { nodeFileSystem } from './node-file-system.ts';
