/** The log of a store in a file that people read, edit and keep under version control. */
import { entriesForm, IsokvError, type Log, type LogCapabilities, plainForm, stateLog } from '@isokv/core';
import { filePath } from '../file-path.ts';
import type { FileSystem } from '../file-system.ts';
import { nodeFileSystem } from '../node-file-system.ts';
import { emitWarning } from '../warning.ts';
import { JsonDocument } from './json-document.ts';
import { BACKUP_SUFFIX } from './save-file.ts';

export interface JsonFileOptions {
  /**
   * `entries`, the default, holds all that a store can hold (docs/DATA.md); it reads the layout of tinykv as well.
   * `plain` is `{"theme": "dark"}`, for settings edited by hand: writes of what it cannot hold (namespaces, expiry,
   * bytes, NaN, -0) reject with INVALID_VALUE.
   */
  readonly format?: 'entries' | 'plain';
  /**
   * Whether each write goes to `<path>.bak` as well, from which a file that was damaged or half written is mended when
   * it is next opened. Default: true.
   */
  readonly backup?: boolean;
  /**
   * When the file is written. `commit`, the default: with every commit, and a write's promise resolves when it is in
   * the file, durably. Else promises resolve at once, the store's durability is `none`, and the file is written by
   * `flush()` and `close()` (`manual`), and also at most `everyMs` milliseconds after a write.
   */
  readonly autosave?: 'commit' | 'manual' | { readonly everyMs: number };
  /** Told of a damaged file that was mended from its backup. Without it the process emits a warning. */
  readonly onWarning?: (warning: IsokvError) => void;
  /** Another file system than the machine's: for tests. */
  readonly fs?: FileSystem;
}

const NAMES = ['format', 'backup', 'autosave', 'onWarning', 'fs'];
const MAX_DELAY_MS = 2 ** 31 - 1;

/**
 * Keeps a store in the JSON file at `file`, a path or a file: URL: sorted, an entry a line, equal content in equal bytes, replaced atomically.
 * Made for settings and small data: every write is one of the whole file. It is created with the first write.
 *
 * @throws INVALID_OPTION
 */
export function jsonFile(file: string | URL, options: JsonFileOptions = {}): Log {
  const path = filePath('jsonFile', file);
  checkOptions(path, options);
  const {
    format,
    backup = true,
    autosave = 'commit',
    onWarning = emitWarning,
    fs = nodeFileSystem,
  } = options;
  const form = format === 'plain' ? plainForm : entriesForm;
  const document = new JsonDocument(path, { fs, form, backup, warn: onWarning });
  if (autosave === 'commit') return stateLog(document, capabilitiesOf('strict'), 'append');
  return stateLog(document, capabilitiesOf('none'), autosave === 'manual' ? 'flush' : autosave.everyMs);
}

function capabilitiesOf(durability: 'strict' | 'none'): LogCapabilities {
  return Object.freeze({
    name: 'json file',
    durability: Object.freeze([durability]),
    shared: false,
    persistent: true,
    readers: durability === 'strict', // Of what is not in the file they can know nothing.
    syncAppend: true,
    editable: true,
  });
}

function checkOptions(path: string, options: JsonFileOptions): void {
  if (path.endsWith(BACKUP_SUFFIX))
    refuse(`${path} is where the store beside it would keep its backup: give another name`);
  for (const name of Object.keys(options))
    if (!NAMES.includes(name)) refuse(`there is no option ${name}: give ${NAMES.join(', ')}`);
  const { format = 'entries', backup = true, autosave = 'commit' } = options;
  if (!['entries', 'plain'].includes(format)) refuse("format is 'entries' or 'plain'");
  if (typeof backup !== 'boolean') refuse('backup is true or false');
  if (autosave === 'commit' || autosave === 'manual') return;
  const everyMs: unknown = autosave?.everyMs;
  if (typeof everyMs !== 'number' || !(everyMs > 0 && everyMs <= MAX_DELAY_MS))
    refuse(`autosave is 'commit', 'manual' or {everyMs}, from above 0 to ${MAX_DELAY_MS} milliseconds`);
}

function refuse(why: string): never {
  throw new IsokvError('INVALID_OPTION', why);
}
