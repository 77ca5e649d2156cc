/**
 * Golden images: `vectors/<case>.bin` is a flash, `vectors/<case>.json` how it came about and what it means. Each is
 * written here by the faces that it names and read by every reader, so that neither they nor docs/FLASH.md can drift from
 * flashes that are out there. After a deliberate change of what is written:
 *
 *     ISOKV_WRITE_VECTORS=1 npx vitest run --project adapter-flash src/golden
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { bundleAll } from '../../scripts/bundle.mjs';
import type { open } from '../device/open.ts';
import { readByDevice, readByLog, readByMap } from './read-vector.ts';
import type { Vector } from './vector.ts';
import { writeVector } from './write-vector.ts';

const folder = new URL('../../vectors/', import.meta.url);
const isWriting = process.env.ISOKV_WRITE_VECTORS === '1';
const names = readdirSync(folder)
  .filter((name) => name.endsWith('.json'))
  .map((name) => name.slice(0, -'.json'.length));

/** The core of a board with no script beside it but the one that gives its figures. */
const core = {} as { open: typeof open };
const { device = '', upkeep = '' } = await bundleAll();
new Function('exports', device)(core);
new Function('isokv', `var exports = {}; ${upkeep} exports.addTo(isokv);`)(core);

/** What it needs to read these. */
const NEEDED: Record<string, string> = {
  'large-commit': 'large',
  'large-value': 'large',
  nested: 'msgpack',
  run: 'large',
  'torn-group': 'large',
};

function read(name: string): Vector {
  return JSON.parse(readFileSync(new URL(`${name}.json`, folder), 'utf8')) as Vector;
}

async function update(name: string): Promise<void> {
  const vector = read(name);
  const bytes = await writeVector(vector, vector.by[0] as 'device' | 'log');
  const meaning = { ...(await readByLog(bytes, vector)), ...readByMap(bytes, vector) };
  writeFileSync(new URL(`${name}.bin`, folder), bytes);
  writeFileSync(new URL(`${name}.json`, folder), `${JSON.stringify({ ...vector, meaning }, null, 2)}\n`);
}

if (isWriting) for (const name of names) await update(name);

describe.each(names)('golden image: %s', (name) => {
  const vector = read(name);
  const file = new URL(`${name}.bin`, folder);
  const bytes = existsSync(file) ? Uint8Array.from(readFileSync(file)) : new Uint8Array(0);
  const { seq, entries, pages } = vector.meaning;

  it.each(vector.by)('its steps give its bytes: %s', async (face) => {
    expect(Buffer.from(await writeVector(vector, face)).toString('hex')).toBe(
      Buffer.from(bytes).toString('hex'),
    );
  });

  it('a store in Node reads what it means', async () => {
    expect(await readByLog(bytes, vector)).toEqual({ seq, entries });
  });

  function meant(): unknown {
    const spaces = Object.entries(entries);
    const values = spaces.map(([space, held]) => [
      space,
      Object.fromEntries(Object.entries(held).map(([key, { value }]) => [key, { value }])),
    ]);
    return { seq, entries: Object.fromEntries(values) };
  }

  it.each([0, 1000])('a board with an index of %i reads what it means', (index) => {
    expect(readByDevice(bytes, vector, index)).toEqual(meant());
  });

  it('a board with the core alone reads what it means, or says which script it needs', () => {
    const readByCore = (): unknown => readByDevice(bytes, vector, 0, core.open);
    const script = NEEDED[name];
    if (script === undefined) expect(readByCore()).toEqual(meant());
    else expect(readByCore).toThrow(`needs isokv-${script}`);
  });

  it('the map shows what it means', () => {
    expect(readByMap(bytes, vector)).toEqual({ seq, pages });
  });
});

describe('the golden images', () => {
  const vectors = names.map(read);
  const text = JSON.stringify(vectors.map(({ meaning }) => meaning.pages));

  it('have every kind of record and change, and every state of a page', () => {
    for (const kind of ['commit', 'first', 'part', 'last', 'copy', 'retirement'])
      expect(text).toMatch(new RegExp(`"${kind}[":]`));
    for (const change of ['put', 'put expiring', 'delete', 'clear', 'chunk', 'large'])
      expect(text).toContain(`: ${change} `);
    for (const state of ['head', 'live', 'spare', 'blank', 'void', 'torn']) expect(text).toContain(state);
  });

  it('have every program unit, and are written by both faces', () => {
    expect(new Set(vectors.map(({ geometry }) => geometry.programUnit))).toEqual(new Set([4, 8, 16]));
    expect(new Set(vectors.flatMap(({ by }) => by))).toEqual(new Set(['device', 'log']));
    expect(vectors.filter(({ by }) => by.length === 2).length).toBeGreaterThan(5);
  });

  it('are what docs/FLASH.md lists', () => {
    const docs = readFileSync(new URL('../../../../docs/FLASH.md', import.meta.url), 'utf8');
    const listed = [...docs.matchAll(/^\| `([a-z0-9-]+)` \|/gm)].map(([, name]) => name);
    expect(listed.sort()).toEqual([...names].sort());
  });
});
