import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { openSteps, requireEdition } from "../../../scripts/bench-scale/steps.ts";

it("takes up figures of the same edition, and refuses those of one that lay in its folder before", async () => {
  const folder = await mkdtemp(join(tmpdir(), "steps-"));
  const path = join(folder, "results.json");
  const open = () => openSteps(path, "/edition", () => undefined);
  await (await open()).run("edition", () => Promise.resolve({ editionId: "one" }));
  const steps = await open();
  await steps.run("edition", () => Promise.reject(new Error("measured again")));
  expect(() => requireEdition(steps.results(), "one", path)).not.toThrow();
  expect(() => requireEdition(steps.results(), "two", path)).toThrow(/figures of another edition/);
  await rm(folder, { recursive: true });
});
