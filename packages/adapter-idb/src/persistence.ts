/** Whether the browser may remove what it keeps for this origin, and how much there is. */
export interface PersistenceStatus {
  /** True: only the user removes it. False: the browser may, when space gets short. Undefined: it does not say. */
  readonly persisted: boolean | undefined;
  /** Bytes in use by the whole origin, about. Undefined: the browser does not say. */
  readonly usage: number | undefined;
  /** Bytes that the origin may use, about. Undefined: the browser does not say. */
  readonly quota: number | undefined;
}

/**
 * Tells how safe the data of this origin is from the browser itself. `request` asks the browser to keep it, which may ask
 * the user: do that on a click, not on load. Firefox asks, and this resolves when the user has answered, if ever: let
 * nothing wait for it. Harmless where there is no browser, or it refuses to say: all is undefined then.
 */
export async function persistence({
  request = false,
}: {
  readonly request?: boolean;
} = {}): Promise<PersistenceStatus> {
  const storage = (globalThis.navigator as Navigator | undefined)?.storage as StorageManager | undefined;
  const persisted = (request && (await said(storage?.persist?.()))) || (await said(storage?.persisted?.()));
  const { usage, quota } = (await said(storage?.estimate?.())) ?? {};
  return { persisted, usage, quota };
}

/** Undefined also where the browser rejects: to a frame without an origin it says nothing. */
function said<T>(answer: Promise<T> | undefined): Promise<T | undefined> | undefined {
  return answer?.catch(() => undefined);
}
