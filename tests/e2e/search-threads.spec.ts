import { readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import type * as ComlinkModule from "comlink";
import type { SearchAnswer, SearchApi } from "../../src/core/protocol.ts";
import { SEARCH_FOLDER } from "../../workers/security-policy.ts";
import { expect, test } from "./fixtures.ts";
import { benchOverlays, DIST } from "./worker-bench.ts";

test.use({ serviceWorkers: "block", overlays: benchOverlays(new Map()) });

/** Queries enough for the few sentences of the sample edition to be worth threads. */
const QUERIES = 64;

for (const isBare of [true, false]) {
  test(`parts of a picture are scored ${isBare ? "on one thread" : "on several threads of an isolated page"}`, async ({
    page,
    site,
  }) => {
    site.isBare = isBare;
    await page.goto(`${site.address}_bench/`);
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(!isBare);
    await page.addScriptTag({ path: createRequire(import.meta.url).resolve("comlink") });
    const [script] = readdirSync(join(DIST, SEARCH_FOLDER));
    const edition = readdirSync(join(DIST, "edition"))[0] ?? "";
    const url = `${site.address}${SEARCH_FOLDER}/${script}`;
    const found = await page.evaluate(
      async ([workerUrl, editionUrl, count]) => {
        const { Comlink } = globalThis as unknown as { Comlink: typeof ComlinkModule };
        // Errors arrive with our detail as their message.
        const isThrown = Comlink.transferHandlers.get("throw")?.canHandle;
        Comlink.transferHandlers.set("throw", {
          canHandle: (value: unknown): value is unknown => isThrown?.(value) ?? false,
          serialize: (value) => [value, []],
          deserialize(wire) {
            throw new Error(JSON.stringify(wire));
          },
        });
        const api = Comlink.wrap<SearchApi>(new Worker(workerUrl, { type: "module" }));
        const quiet = () => Comlink.proxy(() => undefined);
        const { dim } = await api.open("open", editionUrl, quiet());
        const requests = Array.from({ length: count }, (_, seed) => {
          const query = Float32Array.from({ length: dim }, (_, i) =>
            Math.sin((seed + 1) * (i + 1)),
          );
          const length = Math.hypot(...query);
          return {
            query: query.map((value) => value / length),
            variant: "base",
            count: 25,
          } as const;
        });
        const ask = async (id: string, number: number): Promise<SearchAnswer["found"]> => {
          const request = requests[number];
          if (request === undefined) throw new Error("no request");
          return (await api.search(id, request, quiet(), quiet())).found;
        };
        const before = await ask("before", 3);
        await api.prepare("prepare", requests);
        return { before, after: await ask("after", 3) };
      },
      [url, `${site.address}edition/${edition}/`, QUERIES] as const,
    );
    expect(found.before).toHaveLength(25);
    expect(found.after).toEqual(found.before);
    const helpers = () => page.workers().filter((worker) => worker.url().includes("kernel-thread"));
    if (isBare) expect(helpers()).toHaveLength(0);
    else await expect.poll(() => helpers().length).toBeGreaterThan(0);
  });
}
