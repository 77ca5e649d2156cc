/**
 * Takes files that are dropped anywhere on the page: one that is dropped beside `target` would otherwise be opened by
 * the browser, in the place of the page. @returns what ends that
 */
export function acceptDrops(target: HTMLElement, take: (file: File) => void): () => void {
  const listening = new AbortController();
  const { signal } = listening;
  const mark = (isOver: boolean): void => void target.classList.toggle('is-over', isOver);
  // What is entered is told before what is left, so that leaving the one entered last is leaving the window. Safari
  // does not say in `relatedTarget` where a drag goes.
  let entered: EventTarget | null = null;
  addEventListener(
    'dragenter',
    (event) => {
      entered = event.target;
    },
    { signal },
  );
  addEventListener(
    'dragover',
    (event) => {
      if (!event.dataTransfer?.types.includes('Files')) return;
      event.preventDefault();
      event.dataTransfer.dropEffect = 'copy';
      mark(true);
    },
    { signal },
  );
  addEventListener(
    'dragleave',
    (event) => {
      if (event.target === entered) mark(false);
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
