import type { Index, Place } from './device/ring.ts';

/** The index of full runtimes: as large as it needs to be. */
export class MapIndex implements Index {
  readonly #places: Map<string, Place> = new Map();

  _each(id: string, _hash: number, visit: (place: Place) => void): void {
    const place = this.#places.get(id);
    if (place !== undefined) visit(place);
  }

  _put(id: string, _hash: number, _old: Place, place: Place): boolean {
    if (place < 0) this.#places.delete(id);
    else this.#places.set(id, place);
    return true;
  }

  _reset(): void {
    this.#places.clear();
  }
}
