/** What a map of a flash says. */
import type { Damage } from '@isokv/core';
import type { RecordKind } from './layout.ts';

/**
 * What bytes are for: `live` entries in force; `dead` entries that are superseded, deleted or expired, and deletions;
 * `frame` headers, checksums and summaries; `torn` what a cut left; `free` blank.
 */
export type Use = 'live' | 'dead' | 'frame' | 'torn' | 'free';

export interface Span {
  /** Bytes from the start of the page. */
  readonly from: number;
  readonly to: number;
  readonly use: Use;
}

export interface FlashEntry {
  /** `large`: what stands for a value in pieces; `chunk`: a piece of one. */
  readonly kind: 'put' | 'delete' | 'clear' | 'chunk' | 'large';
  readonly namespace: string;
  /** '' of `clear`, which is of all keys. */
  readonly key: string;
  /** Whether it is in force. */
  readonly isLive: boolean;
  /** Bytes that the change takes. */
  readonly bytes: number;
  /** Epoch milliseconds. */
  readonly expiresAt?: number;
}

export interface FlashRecord {
  readonly kind: RecordKind;
  /** Bytes from the start of the flash. */
  readonly offset: number;
  readonly bytes: number;
  /** False for one of a group that was cut or given up. */
  readonly counts: boolean;
  readonly entries: readonly FlashEntry[];
}

export interface FlashPage {
  /** From 0, as `erase` counts them. */
  readonly page: number;
  /** `head`: the newest; `spare`: it holds what does not count any more; `blank`: it reads so. The last two are erased before use. */
  readonly state: 'head' | 'live' | 'spare' | 'blank';
  /** Its number in the order of writing, from 1; undefined where there is no valid header. */
  readonly sequence?: number;
  /** How often it was erased, where the device counts that. */
  readonly erases?: number;
  /** How many bytes are for what. */
  readonly bytes: Readonly<Record<Use, number>>;
  /** The same, in order and without gaps. */
  readonly spans: readonly Span[];
  /** Of a live page. */
  readonly records: readonly FlashRecord[];
}

export interface FlashMap {
  readonly pageSize: number;
  readonly pageCount: number;
  readonly programUnit: 4 | 8 | 16;
  /** The number of the last commit, 0 for none. */
  readonly seq: number;
  readonly pages: readonly FlashPage[];
  /** Bytes that are not what was written, in order. With any, what is live is a guess. */
  readonly damage: readonly Damage[];
}
