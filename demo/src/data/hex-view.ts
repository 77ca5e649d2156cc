import { h } from '../dom.ts';

const BYTES = 64;
const BYTES_A_LINE = 16;

/** How a file begins: offsets, bytes, and the text in them. */
export function hexView(bytes: Uint8Array): HTMLElement {
  const lines = [];
  for (let at = 0; at < Math.min(BYTES, bytes.length); at += BYTES_A_LINE) {
    const line = [...bytes.subarray(at, Math.min(at + BYTES_A_LINE, BYTES))];
    const hex = line.map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
    const text = line.map((byte) => (byte > 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '·')).join('');
    lines.push(`${at.toString(16).padStart(4, '0')}  ${hex.padEnd(BYTES_A_LINE * 3)} ${text}`);
  }
  return h(
    'pre',
    { class: 'listing hex', tabindex: 0, 'aria-label': 'How the file begins' },
    lines.join('\n'),
  );
}
