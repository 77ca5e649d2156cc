import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bitFlips } from '../../test/framing.ts';
import { bytesOf } from '../../test/logs.ts';
import { toyCipher } from '../../test/toy-cipher.ts';
import { MemoryMedium, memoryLog, Store } from '../index.ts';
import { explain } from './explain.ts';
import { type Finding, type InspectOptions, inspect } from './inspect.ts';

async function found(
  source: Uint8Array | AsyncIterable<Uint8Array>,
  options?: InspectOptions,
): Promise<Finding[]> {
  const findings: Finding[] = [];
  for await (const finding of inspect(source, options)) findings.push(finding);
  return findings;
}

async function* pieces(bytes: Uint8Array, length: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += length) yield bytes.slice(at, at + length);
}

/** A run of two blocks, and three commits. */
async function logBytes(): Promise<Uint8Array> {
  const medium = new MemoryMedium();
  const store = await Store.open(memoryLog(medium), { compaction: 'manual' });
  void store.setMany([
    ['a', 1],
    ['z', 2],
  ]);
  void store.namespace('x').set('k', 'v', { expiresAt: 9e12 });
  await store.compact();
  await store.set('b', 'text');
  void store.delete('a');
  await store.namespace('x').clear();
  await store.set('c', 3);
  return bytesOf(medium);
}

/** What comes next, in short. */
function kinds(findings: readonly Finding[]): string[] {
  return findings.map((finding) => (finding.type === 'frame' ? finding.kind : finding.type));
}

/** Passes when the findings lie side by side from `offset` to `end`. */
function expectTiled(findings: readonly Finding[], offset: number, end: number): void {
  let at = offset;
  for (const finding of findings) {
    expect(finding.offset).toBe(at);
    at += finding.bytes;
  }
  expect(at).toBe(end);
}

const bytes = await logBytes();
const whole = await found(bytes);

describe('inspect', () => {
  it('tells every frame, and what it says', () => {
    expect(whole).toMatchObject(
      [
        { kind: 'header', flags: ['end'], offset: 0, header: { cipher: '', storeId: /^[0-9a-f]{32}$/ } },
        { kind: 'block', block: { namespace: '', entries: 2, expiring: 0, firstKey: 'a', lastKey: 'z' } },
        { kind: 'block', block: { namespace: 'x', entries: 1, expiring: 1, firstKey: 'k', lastKey: 'k' } },
        { kind: 'run end', run: { seq: 1, blocks: 2, entries: 3 } },
        {
          kind: 'commit',
          flags: ['end', 'flight'],
          commit: { seq: 2, puts: 1, deletes: 0, namespaces: [''] },
        },
        { kind: 'commit', commit: { seq: 3, puts: 0, deletes: 1, clears: 1, namespaces: ['', 'x'] } },
        { kind: 'commit', commit: { seq: 4 } },
      ].map((finding) => (finding.header ? { ...finding, header: { cipher: '' } } : finding)),
    );
    expectTiled(whole, 0, bytes.length);
  });

  it('tells the same whatever pieces the bytes come in, and counts from the offset', async () => {
    const damaged = bytes.slice();
    damaged[60]! ^= 1;
    for (const source of [bytes, damaged]) {
      const expected = await found(source);
      for (const length of [1, 7, 64, 1000]) expect(await found(pieces(source, length))).toEqual(expected);
    }
    const moved = await found(bytes, { offset: 4096 });
    expectTiled(moved, 4096, 4096 + bytes.length);
  });

  it('tells every turned bit as damage of its frame, or as a torn tail, and goes on after it', async () => {
    for (const { flipped, at } of bitFlips(bytes)) {
      const findings = await found(flipped);
      expectTiled(findings, 0, bytes.length);
      const index = whole.findIndex(({ offset, bytes }) => at < offset + bytes);
      const last = index === whole.length - 1;
      const expected = kinds(whole).map((kind, i) => (i === index ? (last ? 'torn' : 'damage') : kind));
      const told = kinds(findings);
      if (last && told.at(-1) === 'blank') told.pop(); // The last byte may look like what was never written now.
      expect(told, `byte ${at}`).toEqual(expected);
      if (!last) expect(findings[index]).toMatchObject({ resumesAt: whole[index + 1]?.offset });
      // Of what was settled nothing can have torn.
      expect(kinds(await found(flipped, { settled: bytes.length }))[index]).toBe('damage');
    }
  });

  it('tells a torn tail, what is missing, and what was never written', async () => {
    const last = whole.at(-1) as Finding;
    for (let end = last.offset; end < bytes.length; end++) {
      const findings = await found(bytes.subarray(0, end));
      // Zeros at its end look like what was never written.
      expect(kinds(findings)[6]).toBe(end === last.offset ? undefined : 'torn');
      expect(await found(bytes.subarray(0, end), { settled: bytes.length })).toMatchObject([
        ...Array(6).fill({ type: 'frame' }),
        { type: 'damage', offset: last.offset, bytes: bytes.length - last.offset },
      ]);
    }
    const padded = Uint8Array.of(...bytes, ...new Uint8Array(100));
    expect((await found(padded)).at(-1)).toMatchObject({ type: 'blank', offset: bytes.length, bytes: 100 });
    expect(await found(new Uint8Array(0))).toEqual([]);
    // A run is put in place whole.
    const run = whole[3] as Finding;
    expect((await found(bytes.subarray(0, run.offset))).at(-1)).toMatchObject({
      type: 'damage',
      bytes: 0,
      message: 'cut short',
    });
  });

  it('takes data, sealed frames and messages of many frames', async () => {
    const store = new Store();
    void store.set('a', 'x'.repeat(3_000_000));
    const data = store.toData();
    const findings = await found(data);
    expect(kinds(findings)).toEqual(['header', 'block', 'block', 'block', 'run end']);
    expect(findings[3]).toMatchObject({ flags: ['end', 'continues'], block: { entries: 1 } });
    expect(findings[1]).not.toHaveProperty('block');
    const headless = data.slice();
    headless[(findings[1] as Finding).offset + 9]! ^= 1;
    expect(kinds(await found(headless))).toEqual(['header', 'damage', 'run end']);
    const medium = new MemoryMedium();
    const sealed = await Store.open(memoryLog(medium), { cipher: toyCipher(7) });
    await sealed.set('a', 1);
    const [head, commit] = await found(bytesOf(medium));
    expect(head).toMatchObject({ header: { cipher: 'toy' } });
    expect(commit).toMatchObject({ kind: 'commit', flags: ['end', 'sealed'] });
    expect(commit).not.toHaveProperty('commit');
  });

  it('throws for no bytes at all', async () => {
    const pick = fc.constantFrom(
      ...whole.map(({ offset, bytes: length }) => bytes.subarray(offset, offset + length)),
    );
    const piece = fc.oneof(fc.uint8Array({ maxLength: 100 }), pick);
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 8 }), async (parts) => {
        const any = Uint8Array.from(parts.flatMap((part) => [...part]));
        const findings = await found(any);
        expectTiled(findings, 0, any.length);
        for (const finding of findings) expect(explain(finding)).toMatch(/^ *\d+ +\d+ {2}\S[^\n]*$/);
      }),
    );
  });
});

describe('explain', () => {
  it('gives a line for each', async () => {
    const damaged = bytes.slice();
    damaged[(whole[5] as Finding).offset + 9]! ^= 1;
    const lines = (await found(Uint8Array.of(...damaged, 0, 0))).map(explain);
    expect(lines.map((line) => line.replace(/[0-9a-f]{8,}/g, '…'))).toMatchInlineSnapshot(`
      [
        "         0        39  header   store …, not sealed [end] crc …",
        "        39        41  block    "": 2 entries, "a" to "z" [end] crc …",
        "        80        41  block    "x": 1 entries, "k" to "k", 1 expire [end] crc …",
        "       121        13  run end  seq 1, 2 blocks, 3 entries [end] crc …",
        "       134        20  commit   seq 2, 1 puts, in "" [end flight] crc …",
        "       154        18  DAMAGE   the checksum of what stands here is …, and … is what was written; reading goes on at 172",
        "       172        18  commit   seq 4, 1 puts, in "" [end flight] crc …",
        "       190         2  blank    zeros, never written",
      ]
    `);
  });

  it('escapes what a terminal would obey', async () => {
    const store = new Store();
    void store.set('\u001b[2J\u009b\u202e', 1);
    const lines = (await found(store.toData())).map(explain);
    expect(lines.join('')).not.toMatch(/\p{Cc}|\u202e/u);
  });
});
