/** Flash: a device's store, its pages, and a button that takes its power away. */
import type { Panel } from '../app.ts';
import { h } from '../dom.ts';
import { countOf, formatDuration } from '../format.ts';
import { inTurn } from '../in-turn.ts';
import { Board, GEOMETRY } from './board.ts';
import { createPicture } from './picture.ts';

const MANY = 100;
const LINES = 6;

export function flashPanel(): Panel {
  const board = new Board();
  const picture = createPicture(GEOMETRY.pageCount, GEOMETRY.pageSize);
  const events = h('div', { class: 'outcomes', role: 'log', 'aria-label': 'Events' });
  const tell = (text: string, kind: 'good' | 'bad'): void => {
    events.prepend(h('p', { class: `notice is-${kind}` }, text));
    while (events.childElementCount > LINES) events.lastElementChild?.remove();
  };
  const draw = (): void => picture.draw(board.map().pages);

  const write = async (count: number): Promise<string> => {
    for (let written = 0; written < count; written++) {
      await board.write();
      if (written % 10 === 9) await new Promise(requestAnimationFrame).then(draw);
    }
    return `${countOf(count, 'reading')} written: ${countOf(board.entries, 'sensor')} live, every older reading is dead.`;
  };
  const cut = async (): Promise<string> => {
    const { cutIn, model, acknowledged, lost, isCutWriteThere, mount_ms } = await board.cut();
    if (lost.length > 0) throw new Error(`After the cut ${lost.join(', ')} were not as they had been.`);
    return `Power cut in ${cutIn} (${model}). Mounted again in ${formatDuration(mount_ms)}: all ${countOf(acknowledged, 'acknowledged entry', 'acknowledged entries')} as they were; the write that was cut is ${isCutWriteThere ? 'there, whole' : 'not there, and not in parts'}.`;
  };
  const takeImage = async (): Promise<string> => {
    const href = URL.createObjectURL(new Blob([board.image]));
    h('a', { href, download: 'flash.img' }).click();
    setTimeout(() => URL.revokeObjectURL(href), 60_000);
    return 'flash.img: the bytes as a board has them. The panel Export and import opens it.';
  };

  const attempt = inTurn(tell, draw);
  attempt(async () => `A blank flash of 64 KiB was mounted in ${formatDuration(await board.mount())}.`);

  const button = (title: string, work: () => Promise<string>, kind?: string): HTMLElement =>
    h('button', { type: 'button', class: kind, onclick: () => attempt(work) }, title);
  const element = h(
    'div',
    { class: 'columns' },
    h(
      'section',
      { class: 'card' },
      h('h2', {}, 'The board'),
      h(
        'p',
        { class: 'row' },
        button('Write a reading', () => write(1), 'primary'),
        button(`Write ${MANY}`, () => write(MANY)),
        button('Cut the power in a write', cut, 'danger'),
        button('Take the image', takeImage),
      ),
      events,
    ),
    h('section', { class: 'card' }, h('h2', {}, '64 KiB of flash, 16 pages'), picture.element),
  );
  return { element };
}
