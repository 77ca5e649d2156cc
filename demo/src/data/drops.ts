/**
 * Takes files that are dropped anywhere on the page: one that is dropped beside `target` would otherwise be opened by
 * the browser, in the place of the page. @returns what ends that
 */
export function acceptDrops(target: HTMLElement, take: (file: File) => void): () => void {
  const listening = new AbortController();
  const { signal } = listening;
  const mark = (isOver: boolean): void => void target.classList.toggle('is-over', isOver);
  addEventListener(
    'dragover',
    (event) => {
      if (!event.dataTransfer?.types.includes('Files')) return;
      event.preventDefault();
      mark(true);
    },
    { signal },
  );
  addEventListener(
    'dragleave',
    ({ relatedTarget }) => {
      if (relatedTarget === null) mark(false); // Out of the window, not from one element to the next.
    },
    { signal },
  );
  addEventListener(
    'drop',
    (event) => {
      mark(false);
      const [file] = event.dataTransfer?.files ?? [];
      if (!file) return; // A text, say: the note of another panel takes that.
      event.preventDefault();
      take(file);
    },
    { signal },
  );
  return () => listening.abort();
}
