/** Cuts a log short. The contract of byte logs has it; none of what a store writes here is ever torn. */
import { logConflict, type Position } from '@isokv/core';
import type { Connection } from './connection.ts';
import type { Known } from './known.ts';
import { type Piece, piecesOf } from './pieces.ts';
import { BASE, keyAfter, PIECE, recordsOf } from './records.ts';

/** @throws LOG_CONFLICT when another writer has come first */
export async function truncate(
  position: Position,
  connection: Connection,
  known: Known,
  writer: number,
): Promise<void> {
  const end = await connection.retry('readwrite', 'strict', (store) => {
    const numbers = IDBKeyRange.upperBound(Number.POSITIVE_INFINITY); // All keys of records.
    const keys = store.getAllKeys(numbers);
    const values = store.getAll(numbers);
    let cutAt: Position | undefined;
    values.onsuccess = () => {
      const { pieces, end } = piecesOf(keys.result, values.result);
      const first = pieces[0] as Piece;
      if (first.position !== known.base || end !== known.end) return;
      const last = pieces.filter((piece) => piece.position < position).at(-1) ?? first;
      const bytes = last.bytes.subarray(0, Math.max(0, position - last.position));
      const [record] = recordsOf(bytes, last === first ? BASE : PIECE, writer) as [Uint8Array];
      cutAt = keyAfter(last.position, record);
      store.delete(IDBKeyRange.lowerBound(last.position));
      store.add(record, last.position);
    };
    return () => cutAt;
  });
  if (end === undefined) throw logConflict();
  known.endsAt(end, position === 0);
}
