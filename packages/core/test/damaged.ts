/** What is to be saved of a damaged log, worked out from the log before it was damaged. */
import type { CipherSession } from '../src/cipher.ts';
import { ValueCodecs } from '../src/codec/values.ts';
import { Block } from '../src/format/block.ts';
import { type ChangeReader, CLEAR, DELETE, NAMESPACE } from '../src/format/change.ts';
import { changesOf, parseCommit } from '../src/format/commit.ts';
import { KIND } from '../src/format/frame.ts';
import type { Message } from '../src/format/scanner.ts';
import type { Store } from '../src/index.ts';
import { scan } from './framing.ts';

/** Namespaces, their keys and their values. */
export type Content = Record<string, Record<string, unknown>>;

/** What a store holds, over all its namespaces. */
export function contentOf(store: Store): Content {
  return Object.fromEntries(
    store.namespaces().map((name) => [name, Object.fromEntries(store.namespace(name).entries())]),
  );
}

/** The messages of a log. */
export function messagesOf(bytes: Uint8Array, session?: CipherSession): Message[] {
  return scan([bytes], session).messages;
}

/** What the messages say, applied in their order. */
export function contentIn(messages: readonly Message[]): Content {
  const content = new Map<string, Map<string, unknown>>();
  for (const { kind, payload } of messages) {
    if (kind === KIND.block) {
      const block = new Block(payload);
      for (let index = 0; index < block.count; index++)
        spaceIn(content, block.namespace).set(block.entry(index).key, readValue(block.entry(index)));
    } else if (kind === KIND.commit) applyChanges(content, changesOf(parseCommit(payload)));
  }
  const filled = [...content].filter(([, entries]) => entries.size > 0);
  return Object.fromEntries(filled.map(([name, entries]) => [name, Object.fromEntries(entries)]));
}

function applyChanges(content: Map<string, Map<string, unknown>>, changes: ChangeReader): void {
  let name = '';
  while (changes.next()) {
    if (changes.kind === NAMESPACE) name = changes.key;
    else if (changes.kind === CLEAR) spaceIn(content, name).clear();
    else if (changes.kind === DELETE) spaceIn(content, name).delete(changes.key);
    else spaceIn(content, name).set(changes.key, readValue(changes));
  }
}

function spaceIn(content: Map<string, Map<string, unknown>>, name: string): Map<string, unknown> {
  const space = content.get(name) ?? new Map<string, unknown>();
  content.set(name, space);
  return space;
}

function readValue({ tag, reader, valueStart, valueEnd }: ChangeReader): unknown {
  return new ValueCodecs().read(tag, reader.bytes, valueStart, valueEnd);
}
