/** What components.mjs makes of the README's components. */
declare module '*.vue' {
  const component: import('vue').Component;

  // biome-ignore lint/style/noDefaultExport: a component is one.
  export { component as default };
}

declare module '*.svelte?server' {
  export { default } from '*.svelte';
}
