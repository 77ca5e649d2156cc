/** The command line, read. */
import { parseArgs } from 'node:util';

export interface Options {
  readonly pages?: number;
  readonly 'page-size'?: number;
  readonly unit?: 4 | 8 | 16;
  readonly namespace?: string;
  readonly format?: 'json' | 'jsonl' | 'binary';
  readonly force?: boolean;
  readonly progress?: boolean;
  readonly help?: boolean;
}

/** A mistake on the command line. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

const OPTIONS = {
  pages: { type: 'string' },
  'page-size': { type: 'string' },
  unit: { type: 'string' },
  namespace: { type: 'string' },
  format: { type: 'string' },
  force: { type: 'boolean' },
  progress: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

/** @throws UsageError */
export function readArguments(args: readonly string[]): { names: string[]; options: Options } {
  const { positionals, values } = parsed(args);
  const { pages, 'page-size': pageSize, unit, format, ...rest } = values;
  if (format !== undefined && !['json', 'jsonl', 'binary'].includes(format))
    throw new UsageError(`--format is json, jsonl or binary, not ${format}`);
  const options = {
    ...rest,
    ...(pages !== undefined && { pages: wholeNumber('--pages', pages, 3, 65_535) }),
    ...(pageSize !== undefined && { 'page-size': pageSizeOf(pageSize) }),
    ...(unit !== undefined && { unit: unitOf(unit) }),
    ...(format !== undefined && { format: format as 'json' | 'jsonl' | 'binary' }),
  };
  return { names: positionals, options };
}

function parsed(args: readonly string[]): ReturnType<typeof parse> {
  try {
    return parse(args);
  } catch (error) {
    throw new UsageError((error as Error).message, { cause: error });
  }
}

function parse(args: readonly string[]) {
  return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
}

function pageSizeOf(text: string): number {
  const bytes = wholeNumber('--page-size', text, 256, 65_536);
  if (bytes % 16 !== 0) throw new UsageError(`--page-size is a multiple of 16, not ${bytes}`);
  return bytes;
}

function unitOf(text: string): 4 | 8 | 16 {
  const unit = ([4, 8, 16] as const).find((each) => text === String(each));
  if (!unit) throw new UsageError(`--unit is 4, 8 or 16, not ${text}`);
  return unit;
}

function wholeNumber(name: string, text: string, least: number, most: number): number {
  const figure = Number(text);
  if (!/^\d+$/.test(text) || figure < least || figure > most)
    throw new UsageError(`${name} is a whole number from ${least} to ${most}, not ${text}`);
  return figure;
}
