/** The part of Citation.js that the builder uses; the package brings no types. */
declare module "@citation-js/core" {
  export const plugins: {
    readonly input: {
      chain(input: string, options?: { readonly generateGraph?: boolean }): unknown;
    };
  };
}
declare module "@citation-js/plugin-bibtex" {
  export {};
}
