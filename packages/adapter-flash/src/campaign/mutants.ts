/** Planted bugs: each is a change of the engine's source, made in memory, that the tests of power cuts must notice. */

export interface Mutant {
  readonly name: string;
  /** In src/device. */
  readonly file: string;
  /** What stands there, once, and what is put in its place. */
  readonly find: string;
  readonly put: string;
}

export const MUTANTS: readonly Mutant[] = [
  {
    name: 'records are taken without their checksum',
    file: 'ring.ts',
    find: 'sumRead === (sum && next === limit ? sum : get(read(start + size, 4), 0))',
    put: 'true',
  },
  {
    name: 'the tail that a cut left is written on',
    file: 'mount.ts',
    find: '  checkHeadless();\n  for',
    put: '  checkHeadless();\n  ring._mine = true;\n  for',
  },
  {
    name: 'no mark of retirement',
    file: 'append.ts',
    find: '  move(RETIRE, changes, -4 - programUnit, 0);',
    put: '',
  },
  {
    name: 'a page is retired before its entries are copied',
    file: 'collect.ts',
    find: '  walk(ring._oldest, copyRecord);',
    put: '  var old = ring._oldest;\n  retire(old);\n  ring._oldest = old;\n  walk(ring._oldest, copyRecord);',
  },
  {
    name: 'a spare page that looks blank is not erased',
    file: 'ring.ts',
    find: '    else device.erase(start / pageSize);',
    put: `    var looks = device.read(start - (start % pageSize), pageSize);
    var dirty = 0;
    for (var k = 0; k < looks.length; k++) if (looks[k] !== 255) dirty = 1;
    if (dirty && !bytes) device.erase(start / pageSize);`,
  },
  {
    name: 'the checksum is programmed before the record',
    file: 'append.ts',
    find: 'if (!isDone(start, body) || !isDone(start + size, portion(bytes, size))) {',
    put: 'if (!isDone(start + size, portion(bytes, size)) || !isDone(start, body)) {',
  },
  {
    name: 'the summary is not checksummed',
    file: 'summary.ts',
    find: 'if (get(summary, size - 4) === boundSum(summary.subarray(0, size - 4), seq))',
    put: '',
  },
  {
    name: 'deletions are left out of the summary',
    file: 'summary.ts',
    find: 'if (changes._key === NO_KEY && changes._kind !== CLEAR) continue;',
    put: 'if ((changes._key === NO_KEY && changes._kind !== CLEAR) || changes._kind === 2) continue;',
  },
  {
    name: 'what is superseded is copied too',
    file: 'find.ts',
    find: 'return !!newest && newest._place === changes._place && newest._start === changes._start;',
    put: 'return !!newest;',
  },
  {
    name: 'entries of the second oldest page go with the oldest',
    file: 'append.ts',
    find: 'set(changes, 0, last, 4);',
    put: 'last = Math.min(ring._head - 1, last + 1);\n  set(changes, 0, last, 4);',
  },
  {
    name: 'a group counts without its last record',
    file: 'large.ts',
    find: 'if (whole < 0) whole = ring._marks[slotOf(seq)]! & WHOLE;',
    put: '',
  },
  {
    name: 'a page does not say that it begins inside a group',
    file: 'large.ts',
    find: 'openPage(first ? INSIDE : 0);',
    put: 'openPage(0);',
  },
  {
    name: 'the head that took the last spare page counts before its mark of retirement',
    file: 'mount.ts',
    find: 'return at > HEADER_BYTES && counts;',
    put: 'return at > HEADER_BYTES;',
  },
  {
    name: 'the next page does not vouch for the last record',
    file: 'walk.ts',
    find: 'readRecord(seq, at, end, header ? get(header, 24) : ring._sum)',
    put: 'readRecord(seq, at, end, 0)',
  },
  {
    name: 'the oldest page is not named by the headers',
    file: 'append.ts',
    find: '  put(ring._oldest, 4);',
    put: '  put(Math.max(1, ring._head + 2 - pageCount), 4);',
  },
  {
    name: 'what stands after damage is not looked for',
    file: 'mount.ts',
    find: 'if (readRecord(seq, from, end, 0)) damaged(seq, at);',
    put: ';',
  },
  {
    name: 'a newest page that lost its header is not missed',
    file: 'mount.ts',
    find: 'damaged(seq, 0);\n    }\n    seqs',
    put: ';\n    }\n    seqs',
  },
];

/** Those that the tests of devices that throw must notice, in the trial `seed` or soon after it. */
export const FAULT_MUTANTS: readonly (Mutant & { readonly seed: number })[] = [
  {
    name: 'a group goes on in the page that took the last spare one',
    file: 'large.ts',
    find: "  if (!ring._spares) fail('ENOSPC', 'full');",
    put: '',
    seed: 185,
  },
  {
    name: 'an index that a read has failed is looked at again',
    file: 'sorted-index.ts',
    find: '      ring._index = scripts;\n      while',
    put: '      while',
    seed: 2,
  },
  {
    name: 'a page is begun while another has its sequence',
    file: 'append.ts',
    find: 'if (ring._marks[slot]! & STALE) {',
    put: 'if (ring._marks[slot]! < 0) {',
    seed: 6,
  },
];
