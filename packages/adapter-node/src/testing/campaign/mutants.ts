/**
 * Bugs that the campaign must find. Each is a change to a source, made in memory as it is loaded, and so a change to
 * nothing that is shipped; when the source no longer has what is to be changed, the mutant fails to load.
 */
import type { Patch } from './workers.ts';

export interface Mutant {
  readonly name: string;
  /** The first case to be run, where it is known that it finds the bug. Default: 1. */
  readonly seed?: number;
  readonly patches: readonly Patch[];
}

const NODE = 'packages/adapter-node/src';
const CORE = 'packages/core/src';
const APPEND = `${NODE}/append.ts`;
const REPLACEMENT = `${NODE}/replacement.ts`;
const FRAMES = `${CORE}/log/frames`;
const CASE = `${NODE}/testing/campaign/case.ts`;

/** Values longer than a frame in every case. */
const BIG: Patch = { file: CASE, find: 'big: random.chance(0.03)', replace: 'big: true' };

/** A sync that fails in every case. */
const FAULTY: Patch = { file: CASE, find: 'if (random.chance(0.15)) return', replace: 'return' };

/** Values longer than a sector, so that a commit may have lost its beginning and kept its end. */
const LONG: Patch = {
  file: `${NODE}/testing/campaign/changes.ts`,
  find: '  if (drawn < 30) return figure;\n',
  replace: '  if (drawn < 80) return String(figure).repeat(60 + random.below(300));\n',
};

/** A process that is killed at every third step. */
const KILLED: Patch = {
  file: `${NODE}/testing/campaign/life.ts`,
  find: '    if (drawn < 57) this.#write();\n',
  replace: '    if (drawn < 40) this.#write();\n    else if (drawn < 70) await this.#crash();\n',
};

/** Namespaces are cleared three times as often. */
const CLEARED: Patch = {
  file: `${NODE}/testing/campaign/changes.ts`,
  find: '  if (drawn < 98) return undefined;\n',
  replace: '',
};

/** Appends that take longer than all attempts at a compaction. */
const SLOW: Patch = {
  file: `${NODE}/testing/campaign/crashes.ts`,
  find: 'await turns(random.below(mostTurns + 1));',
  replace: "await turns(call.operation === 'fdatasync' ? 100 : random.below(mostTurns + 1));",
};

/** Where a strict append is synced. */
const SYNCED = `      await file.fdatasync();
      if (!state.named)`;

/** Which case finds a bug, where it is none of the first three. */
const FIRST_CASES: Readonly<Record<string, number>> = {
  'an append is acknowledged before its sync': 7,
  'a sync that failed is tried again': 8,
  'a sync that failed is ignored': 8,
  'zeros may come after what is appended': 10,
  'a close vouches for what it has not synced': 23,
  'every commit of an append begins a flight': 8,
  'a first append that tore must have left its beginning blank': 4,
  'a relaxed append is acknowledged before it is written': 4,
  'a compaction that fails brings deleted entries back': 14,
};

export const mutants: readonly Mutant[] = [
  mutant('an append is not synced', APPEND, SYNCED, '      if (!state.named)'),
  mutant(
    'an append is acknowledged before its sync',
    APPEND,
    SYNCED,
    '      file.fdatasync().catch(() => undefined);\n      if (!state.named)',
  ),
  mutantIn(
    FAULTY,
    'a sync that failed is tried again',
    APPEND,
    SYNCED,
    '      await file.fdatasync().catch(() => file.fdatasync());\n      if (!state.named)',
  ),
  mutantIn(
    FAULTY,
    'a sync that failed is ignored',
    APPEND,
    SYNCED,
    '      await file.fdatasync().catch(() => undefined);\n      if (!state.named)',
  ),
  mutant(
    'the folder is not synced after the first append',
    APPEND,
    'if (!state.named) await syncDirectoryOf(state.fs, path);',
    '',
  ),
  mutant(
    'the folder is not synced after a compaction',
    `${NODE}/replace.ts`,
    '    await syncDirectoryOf(state.fs, state.path);\n  } catch (error) {',
    '  } catch (error) {',
  ),
  mutant(
    'a relaxed append is acknowledged before it is written',
    APPEND,
    '    await writeAll(file, chunks, start);\n',
    "    const whole = chunks.map((chunk) => chunk.slice());\n    if (durability === 'relaxed') writeAll(file, whole, start).catch(() => undefined);\n    else await writeAll(file, chunks, start);\n",
  ),
  mutant('zeros may come after what is appended', APPEND, 'if (zeros) await zeros;', 'void zeros;'),
  {
    name: 'what a killed process left is not synced before the next append',
    seed: 19,
    patches: [
      LONG,
      KILLED,
      {
        file: APPEND,
        find: "if (durability === 'strict' && state.unsynced) await file.fdatasync();",
        replace: '',
      },
    ],
  },
  mutantIn(
    SLOW,
    'a compaction swaps while an append is under way',
    `${CORE}/store/rewrite.ts`,
    'await queue.hold();',
    'void queue.hold();',
  ),
  mutant('a compaction is renamed without a sync', REPLACEMENT, '      await this.file.fsync();\n', ''),
  mutant(
    'a compaction has no superblock',
    REPLACEMENT,
    '      await writeAll(this.file, [writeSuperblock(this.end, secret, owner)], 0);\n',
    '',
  ),
  {
    name: 'a compaction is renamed before its sync',
    patches: [
      { file: REPLACEMENT, find: '      await this.file.fsync();\n', replace: '' },
      {
        file: REPLACEMENT,
        find: '() => this.#fs.rename(this.path, this.#target));',
        replace: '() => this.#fs.rename(this.path, this.#target));\n    await this.file.fsync();',
      },
    ],
  },
  mutant(
    'a new file is finished before it is durable',
    `${NODE}/new-file.ts`,
    '    await writeAll(file, [writeUnfinished(secret)], 0);\n    await file.fdatasync();\n',
    '    await writeAll(file, [writeUnfinished(secret)], 0);\n',
  ),
  mutant(
    'a close vouches for what it has not synced',
    `${NODE}/settle.ts`,
    '  if (state.unsynced) await file.fdatasync();\n',
    '',
  ),
  mutant(
    'a short write is taken for a whole one',
    `${NODE}/write-all.ts`,
    "const written = await file.writev(rest, at);\n    if (written <= 0) throw new Error('the system wrote no byte of what it was given');\n    rest = after(rest, written);",
    'const written = await file.writev(rest, at);\n    rest = written > 0 ? [] : rest;',
  ),
  mutant(
    'the rest of a short write goes to the wrong place',
    `${NODE}/write-all.ts`,
    '    at += written;\n  }\n}\n\n/** As `writeAll`',
    '  }\n}\n\n/** As `writeAll`',
  ),
  mutant(
    'a short read is taken for the end',
    `${NODE}/read-chunks.ts`,
    '    length += count;\n',
    '    length += count;\n    break;\n',
  ),
  mutant(
    'checksums are not checked',
    `${CORE}/format/frame.ts`,
    '  if (crc !== getU32(bytes, end)) return FRAME_BAD;\n',
    '',
  ),
  mutantIn(
    BIG,
    'the end of a split commit is not waited for',
    `${CORE}/format/scanner.ts`,
    'if ((view.flags & END) === 0) {',
    'if (view.next < 0) {',
  ),
  mutant(
    'a torn tail is left where the next append goes',
    `${FRAMES}/append.ts`,
    'if (state.tornAt !== undefined) await dropTorn(state);',
    'state.tornAt = undefined;',
  ),
  mutant(
    'a torn tail is in the way of a compaction',
    `${FRAMES}/replace.ts`,
    '  if (!state.failed && !bytes.capabilities.shared) await dropTorn(state);\n',
    '',
  ),
  mutant(
    'every commit of an append begins a flight',
    `${FRAMES}/framing.ts`,
    'writer.add(KIND.commit, commit.payload, header || index > 0 ? 0 : flags);',
    'writer.add(KIND.commit, commit.payload, FLIGHT);',
  ),
  mutant(
    'a torn tail is taken for damage',
    `${FRAMES}/scan.ts`,
    '  if (unfinished > 0 && (capabilities.atomic || ',
    '  if (unfinished > 0 || (capabilities.atomic || ',
  ),
  mutant(
    'a first append that tore must have left its beginning blank',
    `${FRAMES}/scan.ts`,
    'const mayBeTorn = isOurs && !beginsRun(tail);',
    'const mayBeTorn = isOurs && tail[0] === 0;',
  ),
  mutant(
    'commits are acknowledged before they are appended',
    `${CORE}/store/commit-queue.ts`,
    '    this.#flying = this.#waiting;\n',
    '    this.#flying = this.#waiting;\n    for (const pending of this.#flying) pending.resolve();\n',
  ),
  mutant(
    'a compaction does not copy what was committed meanwhile',
    `${CORE}/store/rewrite.ts`,
    '    tail = queue.commitsAfter(seq);\n',
    '    tail = [];\n',
  ),
  mutant(
    'a compaction forgets when entries expire',
    `${CORE}/table/blocks.ts`,
    'writePut(writer, key, expiresAt);',
    'writePut(writer, key, 0);',
  ),
  mutant(
    'a compaction that fails brings deleted entries back',
    `${CORE}/table/table.ts`,
    '      frozen.write(key, slot);',
    '      if (slot !== TOMBSTONE) frozen.write(key, slot);',
  ),
  mutantIn(
    CLEARED,
    'what was cleared during a compaction comes back',
    `${CORE}/store/rewrite.ts`,
    'if (run && space.table.frozen?.map === table.fresh.map) space.table.setRun(run, table);',
    'if (run) space.table.setRun(run, table);',
  ),
];

/** A mutant that shows in few cases: `patch` makes more of them. */
function mutantIn(patch: Patch, name: string, file: string, find: string, replace: string): Mutant {
  return { name, seed: FIRST_CASES[name] ?? 1, patches: [patch, { file, find, replace }] };
}

function mutant(name: string, file: string, find: string, replace: string): Mutant {
  return { name, seed: FIRST_CASES[name] ?? 1, patches: [{ file, find, replace }] };
}
