/**
 * Golden vectors: `vectors/values.json` names values, as JavaScript, and their bytes. After a deliberate change of the
 * format: ISOKV_WRITE_VECTORS=1 npx vitest run --project codec-msgpack vectors
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { EXTENSION, SIGN } from './extensions.ts';
import { readMessage } from './read.ts';
import { writeMessage } from './write.ts';

const file = new URL('../vectors/values.json', import.meta.url);
const vectors: { about: string; value: string; bytes: string }[] = JSON.parse(readFileSync(file, 'utf8'));

function evaluate(expression: string): unknown {
  return new Function(`return (${expression})`)();
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

if (process.env.ISOKV_WRITE_VECTORS === '1') {
  for (const vector of vectors) vector.bytes = hex(writeMessage(evaluate(vector.value)));
  writeFileSync(file, `${JSON.stringify(vectors, null, 2)}\n`);
}

describe.each(vectors)('golden vector: $about', ({ value, bytes }) => {
  test('the value gives the bytes', () => {
    expect(hex(writeMessage(evaluate(value)))).toBe(bytes);
  });

  test('the bytes give the value', () => {
    expect(readMessage(Uint8Array.from(Buffer.from(bytes, 'hex')))).toStrictEqual(evaluate(value));
  });
});

test('the vectors cover every extension and every sign', () => {
  const all = vectors.map(({ bytes }) => bytes).join(' ');
  for (const kind of Object.values(SIGN)) expect(all).toContain(`d4010${kind}`);
  for (const type of Object.values(EXTENSION)) expect(all).toMatch(new RegExp(`(d[4-8]|c7..)0${type}`));
  for (const timestamp of ['d6ff', 'd7ff', 'c70cff']) expect(all).toContain(timestamp);
});
