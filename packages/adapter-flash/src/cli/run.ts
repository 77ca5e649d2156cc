/** A command line, run. */
import { IsokvError } from '@isokv/core';
import { type Command, commands, type Terminal } from './commands.ts';
import { readArguments, UsageError } from './options.ts';
import { USAGE } from './usage.ts';

const DAMAGED: ReadonlySet<string> = new Set([
  'CORRUPT',
  'NOT_ISOKV',
  'NOT_FOUND',
  'UNKNOWN_CODEC',
  'UNKNOWN_VERSION',
]);

/** @returns the exit code: see usage.ts */
export async function run(args: readonly string[], terminal: Terminal): Promise<number> {
  try {
    const { names, options } = readArguments(args);
    const [name, ...files] = names;
    if (options.help) {
      terminal.out(USAGE);
      return 0;
    }
    const command = commandOf(name, files);
    return await command.run(files, options, terminal);
  } catch (error) {
    if (error instanceof UsageError) {
      terminal.error(`isokv-flash: ${error.message}\nisokv-flash --help says what there is.\n`);
      return 2;
    }
    if (!(error instanceof IsokvError)) throw error;
    const place = error.offset === undefined ? '' : ` (at byte ${error.offset})`;
    terminal.error(`isokv-flash: ${error.code}: ${error.message}${place}\n`);
    return DAMAGED.has(error.code) ? 1 : 3;
  }
}

function commandOf(name: string | undefined, files: readonly string[]): Command {
  if (name === undefined) throw new UsageError('which command?');
  const command = commands.get(name);
  if (!command) throw new UsageError(`there is no command ${name}`);
  const { least, most } = command;
  if (files.length < least || files.length > most) {
    const wanted = least === most ? `${least}` : `${least} or ${most}`;
    throw new UsageError(`${name} takes ${wanted} ${most === 1 ? 'name' : 'names'}, not ${files.length}`);
  }
  return command;
}
