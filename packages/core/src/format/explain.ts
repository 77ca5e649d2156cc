/** Findings as text, a line each. */
import { type FrameContent, hex } from './content.ts';
import type { Finding, FrameFinding } from './inspect.ts';

/** The longest key or name that is shown whole, in characters. */
const TEXT_LENGTH = 24;

/** One line: where it is, how many bytes it takes, what it is. */
export function explain(finding: Finding): string {
  const place = `${String(finding.offset).padStart(10)} ${String(finding.bytes).padStart(9)}`;
  if (finding.type === 'frame') return `${place}  ${explainFrame(finding)}`;
  const { type, message, resumesAt } = finding;
  const name = type === 'damage' ? 'DAMAGE' : type === 'torn' ? 'TORN' : 'blank';
  return `${place}  ${name.padEnd(8)} ${message}${resumesAt === undefined ? '' : `; reading goes on at ${resumesAt}`}`;
}

function explainFrame({ kind, flags, crc, ...content }: FrameFinding): string {
  return `${kind.padEnd(8)} ${explainContent(content)}[${flags.join(' ')}] crc ${hex(crc, 8)}`;
}

function explainContent({ header, commit, block, run, error }: FrameContent): string {
  if (error) return `does not decode: ${error} `;
  if (header)
    return `store ${header.storeId}, ${header.cipher ? `sealed with ${header.cipher}` : 'not sealed'} `;
  if (run) return `seq ${run.seq}, ${run.blocks} blocks, ${run.entries} entries `;
  if (block) {
    const { namespace, entries, expiring, firstKey, lastKey } = block;
    const expiry = expiring === 0 ? '' : `, ${expiring} expire`;
    return `${quote(namespace)}: ${entries} entries, ${quote(firstKey)} to ${quote(lastKey)}${expiry} `;
  }
  if (!commit) return '';
  const { seq, puts, deletes, clears, namespaces } = commit;
  const counts = [`${puts} puts`, `${deletes} deletes`, `${clears} clears`].filter(
    (count) => !count.startsWith('0'),
  );
  return `seq ${seq}, ${[...counts, `in ${namespaces.map(quote).join(' ')}`].join(', ')} `;
}

/** With what no terminal should be sent escaped. */
function quote(text: string): string {
  const shown = text.length > TEXT_LENGTH ? `${text.slice(0, TEXT_LENGTH)}…` : text;
  return JSON.stringify(shown).replace(
    /[\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g,
    (unit) => `\\u${hex(unit.charCodeAt(0), 4)}`,
  );
}
