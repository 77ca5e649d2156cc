export { type IdbLog, type IdbLogOptions, idbLog } from './idb-log.ts';
export { type PersistenceStatus, persistence } from './persistence.ts';
export { type WebStorage, webStorageLog } from './web-storage-log.ts';
