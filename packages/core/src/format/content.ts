/** What a message says, in short: for who looks into the bytes of a log. */
import { Block } from './block.ts';
import { CLEAR, DELETE, NAMESPACE } from './change.ts';
import { changesOf, parseCommit } from './commit.ts';
import { KIND, type Kind } from './frame.ts';
import { parseHeader } from './header.ts';
import { parseRunEnd, type RunSummary } from './run-end.ts';

/** With the last frame of a message that is not sealed: one of these. */
export interface FrameContent {
  readonly header?: {
    /** Hex. */
    readonly storeId: string;
    /** Empty when the store is not sealed. */
    readonly cipher: string;
  };
  readonly commit?: {
    readonly seq: number;
    readonly puts: number;
    readonly deletes: number;
    readonly clears: number;
    /** Of the changes, in the order in which they come first. */
    readonly namespaces: readonly string[];
  };
  readonly block?: {
    readonly namespace: string;
    readonly entries: number;
    /** How many of them expire. */
    readonly expiring: number;
    readonly firstKey: string;
    readonly lastKey: string;
  };
  readonly run?: RunSummary;
  /** Why what is whole cannot be decoded: it was written so. */
  readonly error?: string;
}

export function contentOf(kind: Kind, payload: Uint8Array): FrameContent {
  try {
    if (kind === KIND.commit) return { commit: describeCommit(payload) };
    if (kind === KIND.block) return { block: describeBlock(new Block(payload)) };
    if (kind === KIND.runEnd) return { run: parseRunEnd(payload) };
    const { storeId, cipherName } = parseHeader(payload);
    return { header: { storeId: [...storeId].map((byte) => hex(byte, 2)).join(''), cipher: cipherName } };
  } catch (error) {
    return { error: (error as Error).message };
  }
}

/** A figure in hex, with zeros in front up to `digits`. */
export function hex(figure: number, digits: number): string {
  return figure.toString(16).padStart(digits, '0');
}

function describeCommit(payload: Uint8Array): NonNullable<FrameContent['commit']> {
  const commit = parseCommit(payload);
  const changes = changesOf(commit);
  const counts = { puts: 0, deletes: 0, clears: 0 };
  const namespaces = new Set<string>();
  let namespace = '';
  while (changes.next()) {
    if (changes.kind === NAMESPACE) namespace = changes.key;
    else {
      namespaces.add(namespace);
      counts[changes.kind === CLEAR ? 'clears' : changes.kind === DELETE ? 'deletes' : 'puts']++;
    }
  }
  return { seq: commit.seq, ...counts, namespaces: [...namespaces] };
}

function describeBlock(block: Block): NonNullable<FrameContent['block']> {
  const { namespace, count, expiring } = block;
  const firstKey = block.entry(0).key;
  return { namespace, entries: count, expiring, firstKey, lastKey: block.entry(count - 1).key };
}
