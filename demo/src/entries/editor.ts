import { h } from '../dom.ts';
import type { Say } from './said.ts';

export interface EditorOptions {
  readonly key: string;
  save(value: unknown): void;
  cancel(): void;
  readonly say: Say;
}

/** A value as JSON in an input: Enter saves it, Escape leaves it. What is not JSON stays in the input. */
export function createEditor(
  value: unknown,
  { key, save, cancel, say }: EditorOptions,
): { input: HTMLInputElement; saveButton: HTMLButtonElement } {
  const submit = (): void => {
    try {
      save(JSON.parse(input.value));
    } catch (error) {
      input.setAttribute('aria-invalid', 'true');
      say(`Not saved: the value must be JSON. ${(error as Error).message}`, { isError: true });
      input.focus();
    }
  };
  const input = h('input', {
    value: JSON.stringify(value),
    'aria-label': `Value of ${key}, as JSON`,
    spellcheck: 'false',
    autocomplete: 'off',
    onkeydown: (event: KeyboardEvent) => {
      if (event.key !== 'Enter' && event.key !== 'Escape') return;
      event.preventDefault(); // Else the button that gets the focus would be pressed by the same key.
      if (event.key === 'Enter') submit();
      else cancel();
    },
    oninput: () => input.removeAttribute('aria-invalid'),
  });
  const saveButton = h('button', { type: 'button', class: 'quiet', onclick: submit }, 'Save');
  return { input, saveButton };
}
