/** Made by build/cities-asset.ts. */
declare module 'virtual:cities' {
  export const url: string;
  export const gzippedBytes: number;
  export const count: number;
  export const credit: { readonly source: string; readonly author: string; readonly license: string };
}
