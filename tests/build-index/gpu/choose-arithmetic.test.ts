import { expect, it } from "vitest";
import { BuildError } from "../../../scripts/build-index/build-error.ts";
import { chooseArithmetic } from "../../../scripts/build-index/gpu/choose-arithmetic.ts";
import { openDawn } from "../../../scripts/build-index/gpu/open-dawn.ts";

/** What this machine has, which is what the choice goes by. */
const dawn = await openDawn();
const isReal = "device" in dawn && !dawn.isSoftware;
const lines: string[] = [];
const log = (line: string) => lines.push(line);

it("computes on the processor where it is told to, without a look for a GPU", async () => {
  const arithmetic = await chooseArithmetic("cpu", 0, log);
  expect(arithmetic.kind).toBe("processor");
  expect(lines).toEqual([]);
  await arithmetic.close();
});

it("computes on a real GPU where there is one, and says why where not", async () => {
  const arithmetic = await chooseArithmetic("auto", 0, log);
  expect(arithmetic.kind).toBe(isReal ? "gpu" : "processor");
  expect(lines.at(-1)).toMatch(isReal ? /^computes on / : /^computes on the processor: /);
  await arithmetic.close();
});

it.runIf("why" in dawn && dawn.isMissing)(
  "says what to install where a GPU is asked for in vain",
  async () => {
    const refused = chooseArithmetic("gpu", 0, log);
    await expect(refused).rejects.toThrow(BuildError);
    await expect(refused).rejects.toThrow("npm install --no-save webgpu");
  },
);

it.runIf("device" in dawn)("takes an emulated GPU where one is asked for", async () => {
  const arithmetic = await chooseArithmetic("gpu", 0, log);
  expect(arithmetic.kind).toBe("gpu");
  await arithmetic.close();
});
