export { type Before, type Call, type Operation, systemError } from './call.ts';
export type { Fault } from './hostile/faults.ts';
export { HostileFileSystem, type HostileOptions } from './hostile/hostile-file-system.ts';
export type { Keep } from './hostile/tear.ts';
