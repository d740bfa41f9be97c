import { exposeApi } from "../../workers/expose-api.ts";

/** A worker that ends itself without an error, as one does whose browser takes its memory. */
const announced = exposeApi({
  add: async (_id: string, left: number, right: number) => left + right,
  hang: () => new Promise<number>(() => {}),
  close: async () => {
    // Nobody could notice the end of a worker that has not been heard of.
    await announced;
    self.close();
    return new Promise<number>(() => {});
  },
  cancel: () => {},
});
