/** The map against the engine: another reader of the same bytes, which must see the same entries and the same damage. */

import { Random } from '@isokv/core/testing';
import { describe, expect, it } from 'vitest';
import { open } from '../../test/whole.ts';
import { apply, drawOperation } from '../campaign/workload.ts';
import { CUT_MODELS, type Geometry, SimulatedFlash, simulatedFlash } from '../testing/simulated-flash.ts';
import type { FlashMap } from './flash-map.ts';
import { inspectFlash } from './inspect-flash.ts';

const START_MS = Date.UTC(2026, 0);
const GEOMETRIES: readonly Geometry[] = [3, 5, 8].flatMap((pageCount) =>
  ([4, 8, 16] as const).map((programUnit) => ({ pageCount, pageSize: 512, programUnit })),
);

function liveKeys({ pages }: FlashMap): string[] {
  const entries = pages.flatMap(({ records }) => records.flatMap((record) => record.entries));
  return entries
    .filter(({ kind, isLive }) => isLive && kind !== 'chunk')
    .map(({ namespace, key }) => `${namespace}/${key}`)
    .sort();
}

function keysOf(flash: SimulatedFlash, now: () => number): string[] {
  const store = open(flash, { now });
  return ['', 'sensors']
    .flatMap((name) =>
      store
        .namespace(name)
        .keys()
        .map((key) => `${name}/${key}`),
    )
    .sort();
}

/** What ends a workload is a refusal or a cut, and nothing else. */
function attempt(work: () => void): void {
  try {
    work();
  } catch (error) {
    expect((error as { code?: string }).code).toBe('ENOSPC');
  }
}

describe('the map of a flash', () => {
  it.each(GEOMETRIES)('has what the store has: $pageCount pages, units of $programUnit', (geometry) => {
    const flash = simulatedFlash(geometry);
    const random = new Random(geometry.pageCount * geometry.programUnit);
    let ms = START_MS;
    const now = (): number => ms;
    let store = open(flash, { now });
    for (let i = 0; i < 120; i++) {
      ms += 1000;
      attempt(() => apply(store, drawOperation(random, geometry)));
      if (i % 40 === 39) store = open(flash, { now });
      if (i % 3 !== 0) continue;
      const map = inspectFlash(flash, { now });
      expect(map.damage).toEqual([]);
      expect(map.seq).toBe(store.stats().seq);
      expect(liveKeys(map)).toEqual(keysOf(flash, now));
      const live = map.pages.filter(({ state }) => state === 'live' || state === 'head');
      expect(live).toHaveLength(store.stats().live);
      for (const { bytes, spans } of map.pages) {
        expect(Object.values(bytes).reduce((sum, count) => sum + count)).toBe(geometry.pageSize);
        expect(spans.at(-1)?.to).toBe(geometry.pageSize);
      }
      expect(map.pages.map(({ erases }) => erases)).toEqual([...flash.erases]);
    }
  });

  it.each(CUT_MODELS.filter((model) => model !== 'unstable'))(
    'has what the store finds after a cut: %s',
    (model) => {
      for (const [seed, geometry] of GEOMETRIES.entries()) {
        const flash = simulatedFlash(geometry);
        const now = (): number => START_MS;
        const random = new Random(seed);
        const store = open(flash, { now });
        flash.journal = [];
        for (let i = 0; i < 40; i++) attempt(() => apply(store, drawOperation(random, geometry)));
        const steps = flash.journal;
        const base = simulatedFlash(geometry);
        for (const [index, call] of steps.entries()) {
          // Every twelfth call is cut; which ones, the geometry says.
          if (index % 12 === seed) {
            const cut = base.copy(seed);
            cut.cut(call, random.below(SimulatedFlash.steps(call, geometry.programUnit)), model);
            cut.restore();
            const map = inspectFlash(cut, { now });
            expect(map.damage).toEqual([]);
            expect(liveKeys(map)).toEqual(keysOf(cut, now));
          }
          if ('erase' in call) base.erase(call.erase);
          else base.program(call.program, call.bytes);
        }
      }
    },
  );

  it('names the place of every byte that was changed, where the store refuses it and where it need not look', () => {
    const flash = simulatedFlash({ pageSize: 512, pageCount: 4, programUnit: 4 });
    const store = open(flash);
    for (let i = 0; i < 8; i++) store.set(`old ${i}`, i);
    store.set('large', 'x'.repeat(300));
    for (let i = 0; i < 34; i++) store.set(`k${i % 5}`, i);
    const keys = store.keys();
    const sound = inspectFlash(flash);
    const checked = sound.pages.flatMap(({ page, state, spans }) =>
      state === 'live'
        ? spans
            .filter(({ use }) => use !== 'free')
            .map(({ from, to }) => ({ from: page * 512 + from, to: page * 512 + to }))
        : [],
    );
    expect(checked.length).toBeGreaterThan(10);
    for (let at = 0; at < flash.bytes.length; at += 5) {
      const image = flash.copy();
      (image.bytes[at] as number) ^= 0x10;
      const { damage } = inspectFlash(image);
      let refused = false;
      try {
        const changed = open(image);
        for (const key of keys) changed.get(key);
      } catch {
        refused = true;
      }
      if (refused) expect(damage, `byte ${at}`).not.toEqual([]);
      // Of a page that another one came after every byte is checked, those of the summary too.
      const isChecked = checked.some(({ from, to }) => from <= at && at < to);
      if (isChecked) expect(damage, `byte ${at}`).not.toEqual([]);
    }
  });

  it('takes the next page at its word for the last record, as the store does', () => {
    const flash = simulatedFlash({ pageSize: 512, pageCount: 4, programUnit: 4 });
    open(flash).set('a', 'first');
    open(flash).set('b', 'of a second session, so of a second page');
    const [first] = inspectFlash(flash).pages[0]?.records ?? [];
    const sumAt = (first?.offset ?? 0) + (first?.bytes ?? 0) - 4;
    flash.bytes.fill(0, sumAt, sumAt + 4);
    expect(open(flash).get('a')).toBe('first');
    const map = inspectFlash(flash);
    expect(map.damage).toEqual([]);
    expect(liveKeys(map)).toEqual(['/a', '/b']);
  });

  it('does not take something else for a store, and a blank flash for nothing else', () => {
    const flash = simulatedFlash({ pageSize: 512, pageCount: 3, programUnit: 4 });
    expect(inspectFlash(flash)).toMatchObject({ seq: 0, damage: [], pages: [{ state: 'blank' }, {}, {}] });
    flash.program(512, Uint8Array.of(1, 2, 3, 4));
    flash.program(1088, Uint8Array.of(1, 2, 3, 4));
    expect(() => inspectFlash(flash)).toThrow(expect.objectContaining({ code: 'NOT_ISOKV' }));
  });
});
