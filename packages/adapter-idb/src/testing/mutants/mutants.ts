/** Bugs that the tests must notice: the promises of idbLog, each broken once, and the test that says so. */

export interface Mutant {
  readonly name: string;
  /** A source, from `src`. */
  readonly file: string;
  /** What is there exactly once. */
  readonly find: string;
  readonly put: string;
  /** The file of the test that fails. */
  readonly test: string;
  /** Its name, or how that begins. */
  readonly named: string;
}

export const MUTANTS: readonly Mutant[] = [
  {
    name: 'opening reads all twice',
    file: 'idb-bytes.ts',
    find: 'const found = piecesOf(',
    put: 'await readRecords(this.#connection); const found = piecesOf(',
    test: 'requests',
    named: 'opening a log of many commits',
  },
  {
    name: 'an opening looks at once for what it was told nothing of',
    file: 'idb-bytes.ts',
    find: 'isTold && isFresh ? [] : ',
    put: '',
    test: 'requests',
    named: 'opening a log that was compacted',
  },
  {
    name: 'a strict write is relaxed',
    file: 'connection.ts',
    find: "durability === 'strict' ? 'strict' : 'relaxed'",
    put: "'relaxed'",
    test: 'requests',
    named: 'a store that is strict',
  },
  {
    name: 'a rewrite takes no lock',
    file: 'rewrite-lock.ts',
    find: 'if (!locks) return task();',
    put: 'return task();',
    test: 'rewrite-lock',
    named: 'a rewrite waits until the append that is under way has ended',
  },
  {
    name: 'a rewrite leaves what was there',
    file: 'replacement.ts',
    find: 'store.delete(IDBKeyRange.upperBound(base, true));',
    put: '',
    test: 'healing',
    named: 'a connection that is lost in the middle of a compaction',
  },
  {
    name: 'other tabs are told no bytes',
    file: 'news.ts',
    find: 'bytes.length > MAX_BYTES',
    put: 'bytes.length > 0',
    test: 'healing',
    named: 'another tab is told the bytes',
  },
  {
    name: 'a tab that wakes looks for nothing',
    file: 'idb-bytes.ts',
    find: 'this.#environment.onWake(() => this.#wake())',
    put: 'this.#environment.onWake(() => undefined)',
    test: 'healing',
    named: 'another tab that was frozen',
  },
  {
    name: 'news after a gap is not heeded',
    file: 'known.ts',
    find: 'else this.isBehind = true;',
    put: 'else return false;',
    test: 'healing',
    named: 'another tab that hears of a write, and of one after the next',
  },
  {
    name: 'a write takes the place of what another tab has written',
    file: 'idb-bytes.ts',
    find: 'store.add(record, ',
    put: 'store.put(record, ',
    test: 'healing',
    named: 'a connection that is lost in the middle of a write, and another tab comes first',
  },
  {
    name: 'a write after another tab’s rewrite counts',
    file: 'idb-bytes.ts',
    find: 'if (base && base.result === undefined) return false;',
    put: '',
    test: 'rewrite-lock',
    named: 'a rewrite that is not heard of',
  },
  {
    name: 'a transaction that cannot begin fails its write',
    file: 'connection.ts',
    find: "if (nameOf(error) !== 'InvalidStateError') throw error;",
    put: 'throw error;',
    test: 'healing',
    named: 'a connection that is lost without a word',
  },
  {
    name: 'a write whose answer is lost, and that is in another tab’s rewrite, is done again',
    file: 'receipts.ts',
    find: 'end <= own ? seq : 0',
    put: '0',
    test: 'doubt',
    named: 'an append whose answer is lost, and that another tab has made a run of 1 times',
  },
  {
    name: 'a write is acknowledged before it is done',
    file: 'connection.ts',
    find: 'await ended;',
    put: '',
    test: 'healing',
    named: 'a connection that is lost between two writes',
  },
  {
    name: 'an opening that hangs is not tried again',
    file: 'connection.ts',
    find: "if (!(error instanceof IsokvError) || error.code !== 'TIMEOUT') throw error;",
    put: 'throw error;',
    test: 'healing',
    named: 'opening that hangs once',
  },
  {
    name: 'an opening that hangs does not fall back on memory',
    file: 'fallback-bytes.ts',
    find: "['UNSUPPORTED', 'TIMEOUT']",
    put: "['UNSUPPORTED']",
    test: 'healing',
    named: 'opening that hangs twice falls back on memory',
  },
  {
    name: 'a connection that comes too late stays open',
    file: 'connection.ts',
    find: '(db) => late && db.close(),',
    put: '() => undefined,',
    test: 'healing',
    named: 'opening that is answered when nobody waits any more',
  },
  {
    name: 'a database that another tab removes is opened anew',
    file: 'connection.ts',
    find: 'this.#ended = blocked(this.options.name);',
    put: 'this.#db = undefined;',
    test: 'healing',
    named: 'another tab that destroys the store',
  },
  {
    name: 'no space is tried twice',
    file: 'errors.ts',
    find: " || nameOf(error) === 'ConstraintError' || isRefusal(error)",
    put: " || nameOf(error) === 'ConstraintError'",
    test: 'no-space',
    named: 'no more space is QUOTA, with',
  },
  {
    name: 'too much at once is an error like any other',
    file: 'errors.ts',
    find: "name === 'DataCloneError' ||",
    put: '',
    test: 'no-space',
    named: "more than the browser takes at once is TOO_LARGE, and not tried twice: 'DataCloneError'",
  },
  {
    name: 'storage that is cleared is not missed',
    file: 'idb-bytes.ts',
    find: 'if (isBlank && !known.isBlank) throw evicted(this.#name);',
    put: '',
    test: 'cleared',
    named: 'storage that is cleared under a running tab',
  },
  {
    name: 'nothing marks that there was a store',
    file: 'sentinel.ts',
    find: "attempt(() => this.#storage?.setItem(this.#key, 'stored'));",
    put: '',
    test: 'cleared',
    named: 'storage that is cleared between visits',
  },
  {
    name: 'what a page left is put in its place while the page lives',
    file: 'tail.ts',
    find: 'locks?.request(key, () => take(key))',
    put: 'take(key)',
    test: 'tail',
    named: 'is looked at by nobody while its page lives',
  },
  {
    name: 'what a page could not write is not left',
    file: 'idb-bytes.ts',
    find: 'this.#tails.leave(tails);',
    put: '',
    test: 'tail',
    named: 'is there on the next visit',
  },
  {
    name: 'the end of a page is heard once',
    file: 'environment.ts',
    find: '[true, false].map(',
    put: '[true].map(',
    test: 'environment',
    named: 'the end of a page is told once',
  },
];
