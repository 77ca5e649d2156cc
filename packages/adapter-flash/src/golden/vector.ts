/** What the file of a golden image says: how it came about, and what it means. */
import type { Geometry } from '../testing/simulated-flash.ts';

/** Bytes as hex, a long text as one letter and how often it comes; else JSON. */
export type Value = unknown;

export type Step =
  | { readonly set: string; readonly to: Value; readonly in?: string; readonly ttl?: number }
  | { readonly delete: string; readonly in?: string }
  /** Puts and deletions of one commit. */
  | { readonly commit: readonly (Put | Deletion)[] }
  /** The device face: `pages` of the oldest are collected. */
  | { readonly collect: number }
  /** The log face: a namespace is emptied. */
  | { readonly clear: string }
  /** The log face: all is written anew as a run. */
  | { readonly compact: true }
  /** The device is reset. */
  | { readonly reset: true }
  /** The same `set` until there is no room, of keys that count up. */
  | { readonly fill: string; readonly to: Value };
interface Put {
  readonly set: string;
  readonly to: Value;
  readonly in?: string;
  readonly ttl?: number;
}
interface Deletion {
  readonly delete: string;
  readonly in?: string;
}

export interface Meaning {
  /** The number of the last commit. */
  readonly seq: number;
  /** By namespace and key. */
  readonly entries: Record<string, Record<string, { value: Value; expiresAt?: number }>>;
  /** Of each page its state and sequence, and its records: their kind, and each change with whether it is in force. */
  readonly pages: readonly { state: string; sequence?: number; torn?: number; records?: readonly string[] }[];
}

export interface Vector {
  readonly about: string;
  readonly geometry: Geometry;
  /** The faces that write these bytes. */
  readonly by: readonly ('device' | 'log')[];
  /** Epoch milliseconds. */
  readonly now: number;
  readonly steps: readonly Step[];
  /** The last program of the last step is cut off after so many bytes. */
  readonly cutAfterBytes?: number;
  readonly meaning: Meaning;
}

export function valueIn(value: Value): unknown {
  if (isOne(value, 'hex')) return Uint8Array.from(Buffer.from(value.hex as string, 'hex'));
  if (isOne(value, 'letter')) return (value.letter as string).repeat(value.times as number);
  return value;
}

/** As `valueIn` takes it. */
export function describeValue(value: unknown): Value {
  if (value instanceof Uint8Array) return { hex: Buffer.from(value).toString('hex') };
  const isLong = typeof value === 'string' && value.length > 40 && new Set(value).size === 1;
  return isLong ? { letter: (value as string)[0], times: (value as string).length } : value;
}

function isOne(value: unknown, name: string): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && name in value;
}
