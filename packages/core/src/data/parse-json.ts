/**
 * JSON.parse, except that its errors say where (the messages of engines differ, and some name no place), and
 * that a name given twice in one object is an error: JSON.parse keeps the last, and drops an entry in silence.
 */
import { IsokvError } from '../errors.ts';

/** Deeper than any value that can be stored, with the envelope around it; shallower than the stack. */
const MAX_DEPTH = 1100;
/** A string of plain ASCII, as most are, or what may be a number, true, false or null. */
const TOKEN = /"[ !#-[\]-~]*"|[-+.\w]*/y;

/** `firstLine` is for messages. @throws INVALID_DATA with line and column */
export function parseJson(text: string, firstLine = 1): unknown {
  let at = 0;

  const fail = (why = 'this is not JSON'): never => {
    const lines = text.slice(0, at).split('\n');
    const column = (lines.pop() as string).length + 1;
    throw new IsokvError('INVALID_DATA', `line ${firstLine + lines.length}, column ${column}: ${why}`);
  };

  /** Passes over white space, then over `character` if it comes next. With none: whether this is the end. */
  const pass = (character?: string): boolean => {
    while (text[at] === ' ' || text[at] === '\n' || text[at] === '\r' || text[at] === '\t') at++;
    return text[at] === character && ++at > 0;
  };

  /** A string, number, true, false or null: its end is found here, JSON.parse judges it. */
  const scalar = (): unknown => {
    const start = at;
    TOKEN.lastIndex = at;
    TOKEN.test(text);
    at = TOKEN.lastIndex;
    if (at === start && text[at] === '"') {
      while (text[++at] !== '"' && at < text.length) if (text[at] === '\\') at++;
      at++;
    }
    try {
      // Plain strings too: a slice as it is would keep the whole text alive for as long as the key lives.
      return JSON.parse(text.slice(start, at));
    } catch {
      at = start;
      return fail();
    }
  };

  const value = (depth: number): unknown => {
    const isObject = pass('{');
    if (!isObject && !pass('[')) return scalar();
    if (depth > MAX_DEPTH) fail('nested too deep');
    const members = new Map<unknown, unknown>();
    const close = isObject ? '}' : ']';
    if (!pass(close)) {
      do {
        let name: unknown = members.size;
        if (isObject) {
          pass();
          if (text[at] !== '"') fail();
          const start = at;
          name = scalar();
          if (members.has(name)) {
            at = start;
            fail(`a second ${JSON.stringify(name)}`);
          }
          if (!pass(':')) fail();
        }
        members.set(name, value(depth + 1));
      } while (pass(','));
      if (!pass(close)) fail();
    }
    return isObject ? Object.fromEntries(members) : [...members.values()];
  };

  const result = value(0);
  if (!pass()) fail();
  return result;
}
