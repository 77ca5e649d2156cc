/** A city as it is stored, and its key. Also run by the build, which makes the data of the page. */

export interface City {
  readonly name: string;
  /** ISO 3166, two letters. */
  readonly country: string;
  /** The first-level division, as GeoNames names it. */
  readonly admin: string;
  readonly lat: number;
  readonly lng: number;
}

/** The namespace they are in. */
export const CITIES = 'cities';

/** Begins with the name, so that a prefix of names is a range of keys; different for every city. */
export function cityKey({ name, country, lat, lng }: City): string {
  return `${foldName(name)}/${country}/${lat},${lng}`;
}

/** Degrees, from the end of a city's key: reading the value is not needed to put it on the map. NaN where it has none. */
export function positionOf(key: string): { lat: number; lng: number } {
  const comma = key.lastIndexOf(',');
  const slash = comma < 0 ? -1 : key.lastIndexOf('/', comma);
  if (slash < 0) return { lat: Number.NaN, lng: Number.NaN };
  return { lat: Number(key.slice(slash + 1, comma)), lng: Number(key.slice(comma + 1)) };
}

/** Letters that Unicode does not take apart into a plain one and a mark. */
const PLAIN: Record<string, string> = {
  æ: 'ae',
  œ: 'oe',
  ß: 'ss',
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ħ: 'h',
  ı: 'i',
};

/** What is typed and what is stored, alike: no capitals, no marks, nothing before the first letter. */
export function foldName(name: string): string {
  return name
    .normalize('NFD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .replace(/[æœßøłđðþħı]/g, (letter) => PLAIN[letter] ?? letter)
    .replace(/^[^\p{L}\p{N}]+(?=.)/u, '');
}
