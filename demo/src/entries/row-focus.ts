/**
 * The focus in a table of any length: one row is a stop of the tab key, or nobody would ever get past the table by it;
 * the arrow keys go from row to row. When a row with the focus goes, the one that takes its place gets it.
 */
export interface RowFocus {
  /** After the rows in sight have been drawn; `first`: where the first that is wholly in sight is in the list. */
  settle(first: number): void;
}

const STEPS: Record<string, number> = { ArrowDown: 1, ArrowUp: -1 };

/** @param reveal puts a row of the list in sight, drawn. @returns undefined: there is none */
export function followRowFocus(
  body: HTMLElement,
  reveal: (index: number) => HTMLElement | undefined,
): RowFocus {
  let current: HTMLElement | undefined;
  /** Where the focus was last. */
  let focused: { row: HTMLElement; index: number; action: string | undefined } | undefined;

  const makeStop = (row: HTMLElement | undefined): void => {
    for (const button of current?.querySelectorAll('button') ?? []) button.tabIndex = -1;
    current = row;
    for (const button of current?.querySelectorAll('button') ?? []) button.tabIndex = 0;
  };

  const focus = (row: HTMLElement, action: string | undefined): void => {
    const same = row.querySelector<HTMLElement>(`button[data-action="${action}"]:not([hidden])`);
    (same ?? row.querySelector<HTMLElement>('button:not([hidden])'))?.focus({ preventScroll: true });
  };

  body.addEventListener('focusin', ({ target }) => {
    const row = rowOf(target);
    focused = row && { row, index: indexOf(row), action: (target as HTMLElement).dataset['action'] };
    if (row) makeStop(row);
  });
  body.addEventListener('keydown', (event) => {
    const row = rowOf(event.target);
    const step = STEPS[event.key];
    if (!row || !step || event.target instanceof HTMLInputElement) return;
    event.preventDefault();
    const action = (event.target as HTMLElement).dataset['action'];
    const next = reveal(indexOf(row) + step);
    if (next) focus(next, action);
  });

  return {
    settle(first) {
      const rows = [...body.querySelectorAll<HTMLElement>('.table-row')];
      if (!current?.isConnected) makeStop(rows.find((row) => indexOf(row) >= first) ?? rows[0]);
      if (!focused || focused.row.contains(document.activeElement)) return;
      const { row, index, action } = focused;
      focused = undefined;
      if (row.isConnected || document.activeElement !== document.body) return; // It was taken elsewhere.
      const heir =
        rows.find((row) => indexOf(row) === index) ?? rows.find((row) => indexOf(row) === index - 1);
      if (heir) focus(heir, action);
      else body.focus({ preventScroll: true });
    },
  };
}

function rowOf(target: EventTarget | null): HTMLElement | undefined {
  return (target as Element | null)?.closest<HTMLElement>('.table-row') ?? undefined;
}

/** Where a row is in the list: rows are counted from 1, the head is the first. */
function indexOf(row: HTMLElement): number {
  return Number(row.ariaRowIndex) - 2;
}
