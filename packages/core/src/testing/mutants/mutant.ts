import type { ByteLog, Document, Log } from '../../log/log.ts';
import type { MemoryMedium } from '../../log/memory-log.ts';
import type { Cell } from './media.ts';

/** Something broken in one way, made of something good. */
interface Mutant<Mutate> {
  readonly mutate: Mutate;
  /** The tests that are meant to notice, by their names; others may fail too. */
  readonly killedBy: readonly string[];
}

export type ByteMutant = Mutant<(bytes: ByteLog, memory: MemoryMedium) => ByteLog>;

export type LogMutant = Mutant<(log: Log) => Log>;

export type DocumentMutant = Mutant<(document: Document, cell: Cell) => Document>;
