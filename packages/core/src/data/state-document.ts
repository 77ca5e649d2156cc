/** The contract of a medium that keeps a store's entries in a form of its own: what `stateLog` makes a log of. */
import type { LogOpenOptions, Salvage } from '../log/log.ts';
import type { DataEntry } from './entry.ts';

/** A medium that is read and written whole, as entries. */
export interface StateDocument {
  /** What messages call it: a path. */
  readonly name: string;
  /** The content to begin with; undefined when there is none. What is damaged may be mended here. */
  open(options: Pick<LogOpenOptions, 'readOnly' | 'mode'>): Promise<StateContent | undefined>;
  /** The content as it is now. */
  read(): Promise<StateContent | undefined>;
  /**
   * Puts these entries, sorted by namespace and key, in the place of all, atomically and durably. `onTaken` is told of
   * the version of what was written when that is in its place; when the promise resolves it is durable, too.
   * @throws EXTERNAL_CHANGE when the one that is there is not `ifVersion`
   */
  write(
    entries: Iterable<DataEntry>,
    options: { readonly ifVersion: string | undefined; readonly onTaken: (version: string) => void },
  ): Promise<void>;
  /**
   * As `write`, done when it returns. A `write` that is under way, and has not called `onTaken`, rejects.
   * @returns the version of what was written
   */
  writeSync?(entries: Iterable<DataEntry>, options: { readonly ifVersion: string | undefined }): string;
  /** As that of a log. */
  onExit?(listener: () => void): () => void;
  remove(): Promise<void>;
}

export interface StateContent {
  readonly entries: readonly DataEntry[];
  /** Tells this content from another. */
  readonly version: string;
  /** When the content was damaged, and this is what was saved of it. */
  readonly salvage?: Omit<Salvage, 'saved' | 'lost'>;
}
