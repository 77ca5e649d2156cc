import { FrameLog } from './frame-log.ts';
import { appendSync } from './frames/append-sync.ts';
import type { ByteLog, Log } from './log.ts';

/** As `frameLog`, with `appendSync`, which is more code: on bytes that can be appended before a call returns (`sync`). */
export function syncFrameLog(bytes: ByteLog): Log {
  return new FrameLog(bytes, appendSync);
}
