/** What an adapter gives to a suite: how to make media, and what the log declares. */
import type { ByteLog, Document, Log, LogCapabilities } from '../log/log.ts';

/** A place where one log (or document) lives: a path, a database, a buffer. */
export interface Medium<Handle> {
  /** A new handle on this medium, not open yet. Two handles on one medium are two writers, or one after another. */
  handle(): Handle;
  /** Frees what the medium took. Called when the test has ended and its handles are closed. */
  cleanup?(): unknown;
}

export interface Harness<Handle, M extends Medium<Handle> = Medium<Handle>> {
  /** What the log must declare. The suite has tests for what is declared, and for nothing else. */
  readonly capabilities: LogCapabilities;
  /** Makes an empty medium. Let them live side by side (one folder, one database), so that mixing them shows. */
  create(): M | Promise<M>;
  /**
   * What a new process would find, had this one been killed now: most simply a copy of the medium, for its
   * handles are still open. Required for media that can say `strict` or `relaxed`; not called for others.
   */
  crash?(medium: M): M | Promise<M>;
  /** How long news from another writer may take. Milliseconds, 2000 if not given. */
  readonly patienceMs?: number;
  /** The longest key that the medium takes, in bytes of UTF-8, if it is less than the 65,536 of every other. */
  readonly maxKeyBytes?: number;
}

export type LogHarness<M extends Medium<Log> = Medium<Log>> = Harness<Log, M>;

export interface ByteLogHarness<M extends Medium<ByteLog> = Medium<ByteLog>> extends Harness<ByteLog, M> {
  /** What a medium keeps under a name that `setAside` was told. Required for media whose capabilities have it. */
  aside?(medium: M, name: string): M | Promise<M>;
}

export interface DocumentHarness<M extends Medium<Document> = Medium<Document>> extends Harness<Document, M> {
  /** Whether the document has versions, and so refuses a write that another has overtaken. */
  readonly versions: boolean;
}

/** Whether a crash can be tested: something survives it, and the harness knows how to make one. */
export function survivesCrash<Handle>({ capabilities, crash }: Harness<Handle>): boolean {
  return crash !== undefined && capabilities.durability.some((level) => level !== 'none');
}

/** A harness of handles made from another's, on the same media. */
export function mapHarness<From, To>(harness: Harness<From>, convert: (handle: From) => To): Harness<To> {
  const wrapped = new Map<Medium<From>, Medium<To>>();
  const originals = new Map<Medium<To>, Medium<From>>();
  const wrap = (original: Medium<From>): Medium<To> => {
    const known = wrapped.get(original);
    if (known) return known;
    const medium: Medium<To> = {
      handle: () => convert(original.handle()),
      cleanup() {
        wrapped.delete(original);
        originals.delete(medium);
        return original.cleanup?.();
      },
    };
    wrapped.set(original, medium);
    originals.set(medium, original);
    return medium;
  };
  const { capabilities, patienceMs = 2000 } = harness;
  const mapped: Harness<To> = { capabilities, patienceMs, create: async () => wrap(await harness.create()) };
  if (!harness.crash) return mapped;
  const crash = async (medium: Medium<To>): Promise<Medium<To>> => {
    const left = await harness.crash?.(originals.get(medium) as Medium<From>);
    return wrap(left as Medium<From>);
  };
  return { ...mapped, crash };
}
