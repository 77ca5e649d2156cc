/** Planted bugs of what reads images, which the comparison of the readers must notice. */
import type { Mutant } from './mutants.ts';

export const READER_MUTANTS: readonly Mutant[] = [
  {
    name: 'the map takes records without their sum',
    file: '../image/layout.ts',
    find: 'if (stored !== boundSum(bytes.subarray(start, bodyEnd), seq)) return undefined;',
    put: '',
  },
  {
    name: 'the map takes headers without their checksum',
    file: '../image/layout.ts',
    find: ' &&\n    crc32(bytes.subarray(0, HEADER_BYTES - 4), 0) === view.getUint32(HEADER_BYTES - 4, true)',
    put: '',
  },
  {
    name: 'the map does not miss the end of a page',
    file: '../image/ring.ts',
    find: 'if (page.end !== next.end) report',
    put: 'if (page.end > next.end) report',
  },
  {
    name: 'the map takes the last of two pages of one sequence',
    file: '../image/ring.ts',
    find: 'if (!bySeq.has(page.header?.seq)) ',
    put: '',
  },
  {
    name: 'the map takes an oldest page beyond the head for an empty flash',
    file: '../image/ring.ts',
    find: 'if (oldest > seq + 1 || ',
    put: 'if (',
  },
  {
    name: 'the map reads names that are not UTF-8',
    file: '../image/changes.ts',
    find: '{ fatal: true, ignoreBOM: true }',
    put: '{ ignoreBOM: true }',
  },
  {
    name: 'the map counts a group without its last record',
    file: '../image/ring.ts',
    find: "if (record.kind !== 'last') continue;",
    put: '',
  },
  {
    name: 'the log reads namespaces that are not UTF-8',
    file: '../log-reader.ts',
    find: 'if (!isUtf8(changes._space)) damaged(seq, changes._place % pageSize);',
    put: '',
  },
  {
    name: 'the log gives large values without their lost pieces',
    file: '../log-reader.ts',
    find: "if (isEntry(current) && current._id === changes._id) corrupt('a large value has lost a piece');",
    put: '',
  },
  {
    name: 'a board takes any header for one of its own',
    file: 'ring.ts',
    find: 'sumOf(portion(bytes, 0, 28)) === get(bytes, 28) && ',
    put: '',
  },
  {
    name: 'a board does not bind sums to their page',
    file: 'ring.ts',
    find: 'var sum = sumOf(bytes) ^ seq;',
    put: 'var sum = sumOf(bytes) ^ 1;',
  },
];
