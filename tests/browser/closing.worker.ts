import { exposeApi } from "../../workers/expose-api.ts";

/** A worker that ends itself without an error, as one does whose browser takes its memory. */
exposeApi({
  add: async (_id: string, left: number, right: number) => left + right,
  hang: () => new Promise<number>(() => {}),
  close: () => {
    self.close();
    return new Promise<number>(() => {});
  },
  cancel: () => {},
});
