/**
 * Keeps the records of a damaged log, as they are, in a database of their own: `<name>.damaged-<position>`, where the
 * position is that at which the log begins. No other log of that name ever begins there, so that whoever is stopped and
 * comes again finds its own copy.
 */
import { logConflict } from '@isokv/core';
import { Connection } from './connection.ts';
import { readRecords } from './read-records.ts';
import { putInTurn } from './records.ts';

/** @returns the name of the database, once it is durable. @throws LOG_CONFLICT, QUOTA, IO, TIMEOUT */
export async function keepAside(connection: Connection, base: number): Promise<string> {
  const { keys, values } = await readRecords(connection);
  if (!keys.includes(base)) throw logConflict(); // Another tab has rewritten it.
  const { options } = connection;
  const name = `${options.name}.damaged-${base}`;
  const copy = new Connection({ ...options, name, onCreate: () => undefined });
  await copy.open(true);
  try {
    await copy.retry('readwrite', 'strict', (store) => {
      const entries = keys.map((key, index) => ({ key, value: values[index] }));
      putInTurn(store, entries, () => undefined);
      return () => undefined;
    });
  } finally {
    copy.close();
  }
  return name;
}
