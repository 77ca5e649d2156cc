/**
 * The focus in a grid of any length, as the ARIA Authoring Practices have it: the grid is one stop of the tab key, and
 * the keys of KEYS go from cell to cell. When a row with the focus goes, the one that takes its place gets it.
 */
export interface GridFocus {
  /** After the rows in sight have been drawn; `first`: where the first that is wholly in sight is in the list. */
  settle(first: number): void;
}

export interface GridRows {
  /** How many rows the list has. */
  count(): number;
  /** How many of them are in sight at once. */
  page(): number;
  /** Puts a row of the list in sight, drawn. @returns undefined: there is none */
  reveal(index: number): HTMLElement | undefined;
}

type Place = readonly [row: number, column: number];

/** Where a key leads from a place; `rows` and `columns` are how many there are, `page` how many rows are in sight. */
const KEYS: Record<string, (at: Place, rows: number, columns: number, page: number) => Place> = {
  ArrowDown: ([row, column]) => [row + 1, column],
  ArrowUp: ([row, column]) => [row - 1, column],
  ArrowRight: ([row, column]) => [row, column + 1],
  ArrowLeft: ([row, column]) => [row, column - 1],
  Home: ([row]) => [row, 0],
  End: ([row], _rows, columns) => [row, columns - 1],
  PageDown: ([row, column], _rows, _columns, page) => [row + page, column],
  PageUp: ([row, column], _rows, _columns, page) => [row - page, column],
  'Control+Home': () => [0, 0],
  'Control+End': (_at, rows, columns) => [rows - 1, columns - 1],
};

export function followGridFocus(body: HTMLElement, list: GridRows): GridFocus {
  /** The one cell that the tab key stops at. */
  let stop: HTMLElement | undefined;
  /** Where the focus was last. */
  let focused: { row: HTMLElement; index: number; column: string | undefined } | undefined;

  const makeStop = (cell: HTMLElement | undefined): void => {
    if (stop) stop.tabIndex = -1;
    stop = cell;
    if (stop) stop.tabIndex = 0;
  };

  const focus = (row: HTMLElement, column: string | undefined): void => {
    const cells = cellsOf(row);
    const cell = cells.find(({ dataset }) => dataset['column'] === column) ?? cells[0];
    cell?.focus({ preventScroll: true });
  };

  body.addEventListener('focusin', ({ target }) => {
    const row = rowOf(target);
    focused = row && { row, index: indexOf(row), column: (target as HTMLElement).dataset['column'] };
    if (row && focused?.column !== undefined) makeStop(target as HTMLElement);
  });

  body.addEventListener('keydown', (event) => {
    const row = rowOf(event.target);
    const move = KEYS[event.ctrlKey || event.metaKey ? `Control+${event.key}` : event.key];
    if (!row || !move || event.altKey || event.target instanceof HTMLInputElement) return;
    event.preventDefault();
    const cells = cellsOf(row);
    const at: Place = [indexOf(row), cells.indexOf(event.target as HTMLElement)];
    const [toRow, toColumn] = move(at, list.count(), cells.length, list.page());
    const target = list.reveal(Math.max(0, Math.min(toRow, list.count() - 1)));
    const column = cells[Math.max(0, Math.min(toColumn, cells.length - 1))]?.dataset['column'];
    if (target) focus(target, column);
  });

  return {
    settle(first) {
      const rows = [...body.querySelectorAll<HTMLElement>('.table-row')];
      if (!stop?.isConnected) {
        const row = rows.find((each) => indexOf(each) >= first) ?? rows[0];
        makeStop(row?.querySelector<HTMLElement>('[data-column]') ?? undefined); // The key, which is always shown.
      }
      if (!focused || focused.row.contains(document.activeElement)) return;
      const { row, index, column } = focused;
      focused = undefined;
      if (row.isConnected || document.activeElement !== document.body) return; // It was taken elsewhere.
      const heir =
        rows.find((each) => indexOf(each) === index) ?? rows.find((each) => indexOf(each) === index - 1);
      if (heir) focus(heir, column);
      else body.focus({ preventScroll: true });
    },
  };
}

function rowOf(target: EventTarget | null): HTMLElement | undefined {
  return (target as Element | null)?.closest<HTMLElement>('.table-row') ?? undefined;
}

/** Those that are shown: a phone leaves some out, and so does a value that cannot be edited. */
function cellsOf(row: HTMLElement): HTMLElement[] {
  const cells = [...row.querySelectorAll<HTMLElement>('[data-column]')];
  return cells.filter((cell) => cell.getClientRects().length > 0);
}

/** Where a row is in the list: rows are counted from 1, the head is the first. */
function indexOf(row: HTMLElement): number {
  return Number(row.ariaRowIndex) - 2;
}
