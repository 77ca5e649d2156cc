/** Squares to paint: each is an entry of the namespace `board`. */
import type { Namespace, Store } from '@isokv/core';
import { h } from '../dom.ts';

const COLUMNS = 20;
const ROWS = 8;

export function createBoard(store: Store): HTMLElement {
  const board = store.namespace<true>('board');
  const squares = new Map<string, HTMLElement>();
  let painting: boolean | undefined;

  const paint = (key: string, filled: boolean): void =>
    void (filled ? board.set(key, true) : board.delete(key));
  const draw = (key: string): void => {
    squares.get(key)?.setAttribute('aria-pressed', String(board.has(key)));
  };

  const square = (row: number, column: number): HTMLElement => {
    const key = keyOf(row, column);
    const element = h('button', {
      type: 'button',
      'aria-label': `Row ${row + 1}, column ${column + 1}`,
      tabindex: row === 0 && column === 0 ? 0 : -1,
      onpointerdown: (event: PointerEvent) => {
        painting = !board.has(key);
        paint(key, painting);
        element.releasePointerCapture(event.pointerId); // So that the squares passed over hear of it.
      },
      onpointerenter: ({ buttons }: PointerEvent) => {
        if (buttons === 1 && painting !== undefined) paint(key, painting);
      },
      onclick: ({ detail }: MouseEvent) => {
        if (detail === 0) paint(key, !board.has(key)); // By the keyboard: the pointer has painted already.
      },
      onkeydown: (event: KeyboardEvent) => move(event, row, column),
    });
    squares.set(key, element);
    return element;
  };

  /** The arrow keys go over the board; it is one stop of the tab key. */
  const move = (event: KeyboardEvent, row: number, column: number): void => {
    const [down, right] = ARROWS[event.key] ?? [0, 0];
    const next = squares.get(keyOf(row + down, column + right));
    if (!next || (down === 0 && right === 0)) return;
    event.preventDefault();
    for (const element of squares.values()) element.tabIndex = element === next ? 0 : -1;
    next.focus();
  };

  const element = h('div', {
    class: 'board',
    role: 'group',
    'aria-label': 'Board',
    style: `--columns: ${COLUMNS}`,
  });
  for (let row = 0; row < ROWS; row++) {
    for (let column = 0; column < COLUMNS; column++) element.append(square(row, column));
  }
  addEventListener('pointerup', () => {
    painting = undefined;
  });
  for (const key of squares.keys()) draw(key);
  board.watch({}, (changes) => {
    const all = changes.some(({ type }) => type === 'clear');
    for (const key of all ? squares.keys() : changes.map((change) => change.key)) draw(key);
  });
  return h('div', { class: 'board-frame' }, element, wiping(board));
}

/** Wipes the board, and puts back what was on it. */
function wiping(board: Namespace<Record<string, true>, string>): HTMLElement {
  let wiped: [key: string, filled: true][] = [];
  const wipe = (): void => {
    wiped = [...board.entries()];
    void board.clear();
    back.disabled = wiped.length === 0;
  };
  const putBack = (): void => {
    void board.setMany(wiped);
    back.disabled = true;
  };
  const back = h('button', { type: 'button', disabled: true, onclick: putBack }, 'Undo');
  return h('p', { class: 'row' }, h('button', { type: 'button', onclick: wipe }, 'Wipe the board'), back);
}

const ARROWS: Record<string, readonly [down: number, right: number]> = {
  ArrowDown: [1, 0],
  ArrowUp: [-1, 0],
  ArrowRight: [0, 1],
  ArrowLeft: [0, -1],
};

function keyOf(row: number, column: number): string {
  return `${row},${column}`;
}
