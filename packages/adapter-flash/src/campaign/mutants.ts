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
    find: 'if (sum && next === limit ? actual !== sum : actual !== getU32(device.read(start + size, 4), 0))\n    return null;',
    put: '',
  },
  {
    name: 'the tail that a cut left is written on',
    file: 'mount.ts',
    find: '  readGroups(ring);\n  reindex(ring);',
    put: '  readGroups(ring);\n  reindex(ring);\n  ring._mine = true;',
  },
  {
    name: 'no mark of retirement',
    file: 'append.ts',
    find: 'while (!appendRecord(ring, RETIRE, ring._commit, changes, 4))',
    put: 'while (false)',
  },
  {
    name: 'a page is retired before its entries are copied',
    file: 'collect.ts',
    find: '  walkPage(ring, ring._oldest, {',
    put: '  var old = ring._oldest;\n  retire(ring, false);\n  ring._oldest = old;\n  walkPage(ring, ring._oldest, {',
  },
  {
    name: 'a spare page that looks blank is not erased',
    file: 'append.ts',
    find: '    device.erase(slot);',
    put: `    var looks = device.read(slot * device.pageSize, device.pageSize);
    var dirty = 0;
    for (var k = 0; k < looks.length; k++) if (looks[k] !== 255) dirty = 1;
    if (dirty) device.erase(slot);`,
  },
  {
    name: 'the checksum is programmed before the record',
    file: 'append.ts',
    find: 'if (!program(ring, start, body) || !program(ring, start + size, bytes.subarray(size))) {',
    put: 'if (!program(ring, start + size, bytes.subarray(size)) || !program(ring, start, body)) {',
  },
  {
    name: 'the summary is not checksummed',
    file: 'find.ts',
    find: '  if (getU32(bytes, size - 4) !== boundSum(ring, bytes.subarray(0, size - 4), seq)) return false;',
    put: '',
  },
  {
    name: 'deletions are left out of the summary',
    file: 'find.ts',
    find: 'return isOfEntry(kind) || kind === CLEAR;',
    put: 'return (isOfEntry(kind) && kind !== DELETE) || kind === CLEAR;',
  },
  {
    name: 'what is superseded is copied too',
    file: 'collect.ts',
    find: '    if (!found || found._place !== place) continue;',
    put: '    if (!found) continue;',
  },
  {
    name: 'entries of the second oldest page go with the oldest',
    file: 'append.ts',
    find: 'var last = all ? ring._head : ring._oldest;',
    put: 'var last = all ? ring._head : Math.min(ring._head - 1, ring._oldest + 1);',
  },
  {
    name: 'a group counts without its last record',
    file: 'walk.ts',
    find: 'if (group && ring._marks[ring._slots[seq % ring._device.pageCount]!]! & WHOLE) {',
    put: 'if (group) {',
  },
  {
    name: 'a page does not say that it begins inside a group',
    file: 'commit.ts',
    find: 'openPage(ring, packer._began ? INSIDE : 0);',
    put: 'openPage(ring, 0);',
  },
  {
    name: 'the head that took the last spare page counts before its mark of retirement',
    file: 'mount.ts',
    find: 'return ring._at > HEADER_BYTES && (retired || !(flags & SOLE));',
    put: 'return ring._at > HEADER_BYTES;',
  },
  {
    name: 'the next page does not vouch for the last record',
    file: 'walk.ts',
    find: '    sum = getU32(header, 24);\n  }\n  var at',
    put: '    sum = 0;\n  }\n  var at',
  },
  {
    name: 'the oldest page is not named by the headers',
    file: 'ring.ts',
    find: '  putU32(bytes, 16, ring._oldest);',
    put: '  putU32(bytes, 16, Math.max(1, seq - ring._device.pageCount + 1));',
  },
  {
    name: 'what stands after damage is not looked for',
    file: 'mount.ts',
    find: 'hasRecord(ring, seq, ring._at + device.programUnit)',
    put: 'false',
  },
  {
    name: 'a newest page that lost its header is not missed',
    file: 'mount.ts',
    find: 'if (getU32(bytes, 0) !== 0xffffffff) return true;',
    put: '',
  },
];
