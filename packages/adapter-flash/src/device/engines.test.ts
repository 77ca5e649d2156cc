/** The device sources do the same in every engine. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bundleProgram, checkSyntax, ENGINES, MISSING } from '../../engines/run.ts';
import { anyValue } from '../../test/values.ts';
import { writeValue } from './msgpack.ts';

test('Duktape and MuJS are here, or it is said that they are not', () => {
  if (MISSING.length > 0)
    process.stderr.write(`NOT TESTED in ${MISSING.join(', ')}: apt-get install duktape mujs\n`);
  if (process.env.CI) expect(MISSING).toEqual([]);
});

describe('MessagePack', async () => {
  const script = await bundleProgram('msgpack');
  const given = fc.sample(anyValue, { numRuns: 200, seed: 1 }).map((value) => {
    const bytes = new Uint8Array(writeValue(null, 0, value));
    writeValue(bytes, 0, value);
    return Buffer.from(bytes).toString('hex');
  });

  test('is syntax that MuJS reads', () => {
    checkSyntax(script);
    if (!MISSING.includes('mujs')) expect(() => checkSyntax('let x = 1')).toThrow('SyntaxError');
  });

  test.each(ENGINES)('is read and written alike in $name', ({ run }) => {
    expect(run(`var INPUT = ${JSON.stringify(given)};\n${script}`)).toEqual(given);
    expect(() => run('throw new Error("seen")')).toThrow('seen');
  });
});
