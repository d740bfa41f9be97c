import { expect, it } from "vitest";
import { undoOffers } from "../../src/app/own-texts/texts-tabs.ts";

/** Whether work that needs no offer to stand is done now. */
async function isDone(): Promise<boolean> {
  let done = false;
  await undoOffers.ifNone(async () => {
    done = true;
  });
  return done;
}

it("nothing is deleted for good while any tab offers to undo it, and at once after the last one", async () => {
  expect(await isDone()).toBe(true);
  const [one, other] = [undoOffers.begin(), undoOffers.begin()];
  expect(await isDone()).toBe(false);
  await one();
  expect(await isDone()).toBe(false);
  await other();
  expect(await isDone()).toBe(true);
});
