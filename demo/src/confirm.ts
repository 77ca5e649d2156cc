import { h } from './dom.ts';

export interface Question {
  readonly title: string;
  /** What would be lost. */
  readonly text: string;
  /** What the button says that does it. */
  readonly action: string;
  /** What the button says that does not. */
  readonly keep: string;
}

/** Asks before something that cannot be taken back. Escape is a no. */
export function confirmed({ title, text, action, keep }: Question): Promise<boolean> {
  return new Promise((resolve) => {
    const dialog = h(
      'dialog',
      { 'aria-labelledby': 'question', 'aria-describedby': 'what-goes' },
      h(
        'form',
        { method: 'dialog' },
        h('h2', { id: 'question' }, title),
        h('p', { id: 'what-goes' }, text),
        h(
          'p',
          { class: 'row' },
          h('button', { value: 'no', autofocus: true }, keep),
          h('button', { value: 'yes', class: 'danger' }, action),
        ),
      ),
    );
    dialog.addEventListener('close', () => {
      dialog.remove();
      resolve(dialog.returnValue === 'yes');
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}
