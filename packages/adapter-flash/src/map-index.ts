import { type Changes, CLEAR, NO_KEY, nextChange } from './device/change.ts';
import { lastAt } from './device/place.ts';
import { type Index, pageSize } from './device/ring.ts';

/** The index of full runtimes: as large as it needs to be. Places by namespace and key. */
export class MapIndex implements Index {
  readonly #spaces: Map<string, Map<string, number>> = new Map();

  _find(space: string, key: string): Changes | null {
    const place = this.#spaces.get(space)?.get(key);
    return place === undefined ? null : lastAt(place, space, key);
  }

  readonly _note = (changes: Changes): void => {
    while (nextChange(changes)) {
      const { _kind, _space, _key, _place } = changes;
      if (_kind === CLEAR) this.#spaces.delete(_space);
      if (_key === NO_KEY) continue;
      const places = this.#spaces.get(_space) ?? new Map<string, number>();
      this.#spaces.set(_space, places);
      places.set(_key, _place);
    }
  };

  _drop(seq: number): void {
    for (const places of this.#spaces.values()) {
      for (const [name, place] of places) if (Math.floor(place / pageSize) === seq) places.delete(name);
    }
  }
}
