/**
 * The connections to IndexedDB that this page has open, so that one can be dropped on purpose. Browsers drop
 * them by themselves: when storage is cleared, when a phone wakes up, when the process behind them dies.
 */
const connections = new Set<IDBDatabase>();

/** From now on every connection that is opened is known. */
export function rememberConnections(): void {
  if (typeof IDBFactory === 'undefined') return;
  const { open } = IDBFactory.prototype;
  IDBFactory.prototype.open = function (
    this: IDBFactory,
    ...args: Parameters<typeof open>
  ): IDBOpenDBRequest {
    const request = open.apply(this, args);
    request.addEventListener('success', () => connections.add(request.result));
    return request;
  };
}

/** Does to every open connection what a browser does: closes it, and says so afterwards. @returns how many */
export function dropConnections(): number {
  const dropped = [...connections];
  connections.clear();
  for (const connection of dropped) {
    connection.close();
    connection.dispatchEvent(new Event('close'));
  }
  return dropped.length;
}
