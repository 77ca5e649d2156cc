import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { msgpack } from '@isokv/codec-msgpack';
import { Store } from '@isokv/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { open } from '../../test/whole.ts';
import { blankImage, memoryFlash } from '../devices/memory-flash.ts';
import { flashLog } from '../flash-log.ts';
import { run } from './run.ts';

let folder: string;
const file = (name: string): string => join(folder, name);
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'isokv-flash-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

async function isokvFlash(
  ...args: string[]
): Promise<{ code: number; out: string; error: string; bytes: Buffer }> {
  const parts: Uint8Array[] = [];
  let error = '';
  const code = await run(args, {
    out: (content) => void parts.push(typeof content === 'string' ? Buffer.from(content) : content),
    error: (text) => {
      error += text;
    },
    isTerminal: false,
  });
  const bytes = Buffer.concat(parts);
  return { code, out: bytes.toString(), error, bytes };
}

const JSON_FORM = JSON.stringify({
  isokv: 1,
  expires_at_unit: 'ms',
  namespaces: {
    '': {
      interval: { value: 60000, expires_at: null },
      name: { value: 'grüß', expires_at: null },
      nested: { value: { list: [1, 1 / 3, null] }, expires_at: null },
      temporary: { value: 1, expires_at: 4102444800000 },
    },
    readings: { '0001': { value: 21.5, expires_at: null } },
  },
});

async function built(name: string, ...options: string[]): Promise<string> {
  writeFileSync(file('data.json'), JSON_FORM);
  expect(await isokvFlash('build', file('data.json'), file(name), '--force', ...options)).toMatchObject({
    code: 0,
  });
  return file(name);
}

describe('isokv-flash', () => {
  it('builds an image that both faces open, and gives the data back', async () => {
    const image = await built('a.bin');
    const bytes = Uint8Array.from(readFileSync(image));
    expect(bytes).toHaveLength(16 * 4096);
    const store = await Store.open(flashLog(memoryFlash(bytes)), { codecs: [msgpack] });
    expect(store.get('nested')).toEqual({ list: [1, 1 / 3, null] });
    expect(store.expiresAt('temporary')).toBe(4102444800000);
    const board = open(memoryFlash(bytes));
    expect(board.namespace('readings').get('0001')).toBe(21.5);
    expect(board.get('nested')).toEqual({ list: [1, 1 / 3, null] });
    const { out } = await isokvFlash('export', image);
    expect(JSON.parse(out)).toEqual(JSON.parse(JSON_FORM));
    const { bytes: data } = await isokvFlash('export', image, '--format', 'binary');
    expect(Buffer.compare(data, store.toData())).toBe(0);
    await isokvFlash('export', image, file('a.jsonl'), '--format', 'jsonl');
    expect(await isokvFlash('build', file('a.jsonl'), file('b.bin'))).toMatchObject({ code: 0 });
    expect(readFileSync(file('b.bin')).equals(Buffer.from(bytes))).toBe(true);
  });

  it('takes the layout of tinykv', async () => {
    writeFileSync(
      file('tinykv.json'),
      '{"a": {"value": [1], "expires_at": null}, "b": {"value": "x", "expires_at": 4102444800}}',
    );
    expect(await isokvFlash('build', file('tinykv.json'), file('tiny.bin'))).toMatchObject({ code: 0 });
    expect((await isokvFlash('list', file('tiny.bin'))).out).toBe('"a" [ 1 ]\n"b" \'x\'\n');
  });

  it('lists and gets, by namespace', async () => {
    const image = await built('list.bin', '--page-size', '512', '--unit', '16', '--pages', '8');
    expect((await isokvFlash('list', image)).out.split('\n')).toEqual([
      '"interval" 60000',
      `"name" 'grüß'`,
      '"nested" { list: [ 1, 0.3333333333333333, null ] }',
      '"temporary" 1',
      '"readings" "0001" 21.5',
      '',
    ]);
    expect((await isokvFlash('list', image, '--namespace', 'readings')).out).toBe('"readings" "0001" 21.5\n');
    expect(await isokvFlash('get', image, 'name')).toMatchObject({ code: 0, out: 'grüß\n' });
    expect(await isokvFlash('get', image, '0001', '--namespace', 'readings')).toMatchObject({
      out: '21.5\n',
    });
    expect(await isokvFlash('get', image, 'absent')).toMatchObject({
      code: 1,
      error: expect.stringContaining('NOT_FOUND'),
    });
  });

  it('gives bytes as they are', async () => {
    const bytes = blankImage(4);
    open(memoryFlash(bytes)).set('raw', Uint8Array.of(0, 255, 10));
    writeFileSync(file('raw.bin'), bytes);
    expect([...(await isokvFlash('get', file('raw.bin'), 'raw')).bytes]).toEqual([0, 255, 10]);
  });

  it('says where an image is damaged, and ends with 1', async () => {
    const image = await built('sound.bin');
    expect(await isokvFlash('check', image)).toMatchObject({
      code: 0,
      out: expect.stringMatching(/sound: 5 entries, 1 of 16 pages, commit 1/),
    });
    // A second session begins a second page: so the first one's records must all be there.
    const bytes = Uint8Array.from(readFileSync(image));
    open(memoryFlash(bytes)).set('more', 1);
    (bytes[60] as number) ^= 1;
    writeFileSync(file('damaged.bin'), bytes);
    const { code, error } = await isokvFlash('check', file('damaged.bin'));
    expect(code).toBe(1);
    expect(error).toMatch(/^byte 32: page 1 is damaged at 32\n.*damaged in 1 place\n$/s);
    for (const args of [['list'], ['export'], ['get', 'name']] as const) {
      const [command, ...rest] = args;
      expect(await isokvFlash(command, file('damaged.bin'), ...rest)).toMatchObject({
        code: 1,
        out: '',
        error: expect.stringContaining('CORRUPT'),
      });
    }
    expect((await isokvFlash('draw', file('damaged.bin'))).out).toContain('DAMAGE at byte 32');
  });

  it('draws the pages: what is live, dead and free, and their wear', async () => {
    const bytes = blankImage(4, 1024);
    const store = open(memoryFlash(bytes, { pageSize: 1024 }));
    for (let i = 0; i < 120; i++) store.set(`key ${i % 9}`, 'x'.repeat(20));
    writeFileSync(file('worn.bin'), bytes);
    const { out } = await isokvFlash('draw', file('worn.bin'));
    const rows = out.split('\n');
    expect(rows[0]).toBe('4 pages of 1024 bytes, units of 4, commit 120');
    expect(
      rows
        .slice(2, 6)
        .map((row) => row.trim().split(/\s+/)[1])
        .sort(),
    ).toContain('head');
    expect(out).toMatch(/█.*·|·.*█/);
    expect(out).toMatch(/~[1-9]/);
    expect(await isokvFlash('draw', file('worn.bin'), file('worn.svg'))).toMatchObject({ code: 0, out: '' });
    const svg = readFileSync(file('worn.svg'), 'utf8');
    expect(svg).toMatch(/^<svg .*<\/svg>\n$/s);
    expect(svg.match(/<g>/g)).toHaveLength(4);
    for (const use of ['live', 'dead', 'free', 'wear']) expect(svg).toContain(use);
  });

  it('refuses what is not meant, with a code of its own, and leaves files as they were', async () => {
    const image = await built('kept.bin');
    const before = readFileSync(image);
    const small = file('small.json');
    writeFileSync(small, JSON.stringify({ big: { value: 'x'.repeat(9000), expires_at: null } }));
    writeFileSync(file('bad.json'), '{"a": 1}');
    writeFileSync(file('noise.bin'), new Uint8Array(4096 * 3));
    writeFileSync(file('short.bin'), before.subarray(0, 6000));
    mkdirSync(file('folder'));
    const wrong: [number, RegExp, ...string[]][] = [
      [2, /which command/],
      [2, /no command frobnicate/, 'frobnicate'],
      [2, /build takes 2 names/, 'build', small],
      [2, /--pages is a whole number from 3/, 'build', small, file('x.bin'), '--pages', '2'],
      [2, /--unit is 4, 8 or 16/, 'build', small, file('x.bin'), '--unit', '5'],
      [2, /--page-size is a multiple of 16/, 'build', small, file('x.bin'), '--page-size', '1000'],
      [2, /--format is/, 'export', image, '--format', 'xml'],
      [2, /Unknown option '--colour'/, 'draw', image, '--colour'],
      [3, /EXISTS/, 'build', small, image],
      [3, /EXISTS/, 'export', image, image],
      [3, /ENOSPC/, 'build', small, file('x.bin'), '--page-size', '1024', '--pages', '4'],
      [3, /INVALID_DATA/, 'build', file('bad.json'), file('x.bin')],
      [3, /MISSING/, 'list', file('absent.bin')],
      [3, /IO/, 'list', folder],
      [3, /IO/, 'export', image, join(folder, 'no', 'such', 'folder')],
      [3, /IO/, 'export', image, file('folder'), '--force'],
      [1, /NOT_ISOKV/, 'list', file('noise.bin')],
      [1, /CORRUPT.*cut short/, 'check', file('short.bin')],
      [3, /INVALID_OPTION.*3 to 65,535/, 'list', image, '--page-size', '32768'],
      [1, /NOT_ISOKV.*another size/, 'list', image, '--unit', '8'],
      [1, /NOT_ISOKV/, 'check', file('noise.bin'), '--page-size', '4096', '--unit', '4'],
    ];
    const names = readdirSync(folder).sort();
    for (const [code, error, ...args] of wrong) {
      expect(await isokvFlash(...args), args.join(' ')).toMatchObject({
        code,
        out: '',
        error: expect.stringMatching(error),
      });
    }
    expect(readdirSync(folder).sort()).toEqual(names);
    expect(readFileSync(image).equals(before)).toBe(true);
  });

  it('reads a blank flash as an empty store', async () => {
    writeFileSync(file('blank.bin'), blankImage(4));
    const geometry = ['--page-size', '4096', '--unit', '4'];
    expect(await isokvFlash('list', file('blank.bin'), ...geometry)).toMatchObject({ code: 0, out: '' });
    expect(await isokvFlash('check', file('blank.bin'), ...geometry)).toMatchObject({
      code: 0,
      out: expect.stringContaining('sound: 0 entries, 0 of 4 pages, commit 0'),
    });
  });

  it('writes to standard output where - is named', async () => {
    const image = await built('dash.bin');
    const names = readdirSync(folder).sort();
    const made = await isokvFlash('build', file('data.json'), '-');
    expect(made).toMatchObject({ code: 0, error: '-: 5 entries in 1 of 16 pages of 4096 bytes\n' });
    expect(made.bytes.equals(readFileSync(image))).toBe(true);
    expect((await isokvFlash('draw', image, '-')).out).toMatch(/^<svg /);
    expect((await isokvFlash('export', image, '-')).out).toBe((await isokvFlash('export', image)).out);
    expect(readdirSync(folder).sort()).toEqual(names);
  });

  it('says how far it is, and what it can do', async () => {
    const lines = (await isokvFlash('build', file('data.json'), file('p.bin'), '--progress')).error;
    expect(lines).toBe('page 1 of 16\n');
    const { code, out } = await isokvFlash('--help');
    expect(code).toBe(0);
    for (const word of ['build', 'list', 'get', 'check', 'export', 'draw', 'Exit codes'])
      expect(out).toContain(word);
  });
});
