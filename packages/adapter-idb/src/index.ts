export { type IdbLogOptions, idbLog } from './idb-log.ts';
