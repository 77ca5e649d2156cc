/** Elements, in one call each. */

type Child = Node | string | number | false | undefined;
type Attribute = string | number | boolean | undefined | ((event: never) => void);

/**
 * An element with attributes and children. `onclick` and the like take a listener; `true` sets an attribute
 * without a value, `false` and `undefined` none.
 */
export function h<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Readonly<Record<string, Attribute>> = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Name] {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (typeof value === 'function') element.addEventListener(key.slice(2), value as EventListener);
    else if (value === true) element.setAttribute(key, '');
    else if (value !== false && value !== undefined) element.setAttribute(key, String(value));
  }
  element.append(...children.filter(isShown).map(toNode));
  return element;
}

/** Markup that is part of this program, such as an icon: never what a user or a file gave. */
export function fragment(markup: string): DocumentFragment {
  return document.createRange().createContextualFragment(markup);
}

/** Puts children in the place of those that are there. */
export function fill(element: Element, ...children: readonly Child[]): void {
  element.replaceChildren(...children.filter(isShown).map(toNode));
}

/** Sets a text, unless it is there: what has not changed is not drawn anew. */
export function setText(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

/** As `setText`, an attribute. */
export function setAttribute(element: Element, name: string, value: string): void {
  if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}

/** Runs `work` before the next frame is drawn, once, however often it is asked for. */
export function beforeFrame(work: () => void): () => void {
  let asked = false;
  return () => {
    if (asked) return;
    asked = true;
    requestAnimationFrame(() => {
      asked = false;
      work();
    });
  };
}

/** Resolves when the browser has drawn what has changed, or does not draw, for the page is hidden. */
export function painted(): Promise<void> {
  return new Promise((resolve) => {
    requestAnimationFrame(() => setTimeout(resolve));
    if (document.hidden) resolve();
  });
}

function isShown(child: Child): child is Node | string | number {
  return child !== false && child !== undefined;
}

function toNode(child: Node | string | number): Node | string {
  return typeof child === 'number' ? String(child) : child;
}
