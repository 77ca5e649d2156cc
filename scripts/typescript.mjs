/**
 * Lets plain Node run the sources: `node --import ./scripts/typescript.mjs --conditions=@isokv/source file.ts`.
 * ISOKV_PATCHES is a list of changes made to them on the way, as JSON: `[{"file", "find", "replace"}]`.
 */
import { register } from 'node:module';

const { ISOKV_PATCHES = '[]' } = process.env;
register('./typescript-hooks.mjs', import.meta.url, { data: JSON.parse(ISOKV_PATCHES) });
