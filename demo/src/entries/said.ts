/** The foot of the table: what came of the last action, a way back where there is one, and at first how to move. */
import { h, setText } from '../dom.ts';
import { describeError } from '../format.ts';

interface SayOptions {
  readonly isError?: boolean;
  /** Takes the action back. Resolves with what to say then. */
  readonly undo?: () => Promise<string>;
}

export type Say = (message: string, options?: SayOptions) => void;

const HINT = 'In the table, the arrow keys, Page Up, Page Down, Home and End move; Enter edits.';

export function createSaid(): { element: HTMLElement; say: Say } {
  const said = h('p', { role: 'status', tabindex: -1, 'data-testid': 'said' });
  const hint = h('p', { class: 'soft hint' }, HINT);
  let undo: SayOptions['undo'];

  const say: Say = (message, options = {}) => {
    undo = options.undo;
    undoButton.hidden = undo === undefined;
    hint.hidden = true;
    setText(said, message);
    said.classList.toggle('bad', options.isError ?? false);
  };
  const takeBack = (): void => {
    const work = undo;
    said.focus({ preventScroll: true }); // The button that has the focus is about to go.
    say('Taking it back …');
    void work?.().then(say, (error: unknown) => say(describeError(error).message, { isError: true }));
  };
  const undoButton = h('button', { type: 'button', class: 'quiet', hidden: true, onclick: takeBack }, 'Undo');
  return { element: h('div', { class: 'entries-said small figure' }, said, undoButton, hint), say };
}
