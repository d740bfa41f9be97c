import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { EDITION_MANIFEST, parseEditionManifest } from "../../src/core/edition/edition-manifest.ts";
import { openIndexFolder } from "../build-index/prove/open-index-folder.ts";
import { openNodeScanKernel } from "../build-index/prove/open-scan-kernel.ts";
import { createCodeSearch, loadIndex } from "./code-search.ts";
import { compareRouters, type RouterFigures } from "./compare-routers.ts";
import { type BenchData, countRows, type SearchMethod } from "./method.ts";

const RERANKED = 50;
/** Shares of the corpus after which the page shows answers, and the whole. */
const SHARES = [0.01, 0.02, 0.05, 0.1, 1] as const;

/** The product's searches, and its two ways to pick clusters. */
export interface OurMethods {
  readonly methods: readonly SearchMethod[];
  readonly routers: readonly RouterFigures[];
}

/** The product's searches over an edition that was built from the same rows, in the same order. */
export async function openOurMethods(
  data: BenchData,
  folder: string,
  signal: AbortSignal,
): Promise<OurMethods> {
  const text = await readFile(join(folder, EDITION_MANIFEST), "utf8");
  const { files, works, exact, sentences, dim } = parseEditionManifest(JSON.parse(text));
  if (sentences !== countRows(data) || dim !== data.dim) {
    throw new Error(
      `${folder} is of ${sentences} sentences of ${dim} numbers, the corpus has ${countRows(data)} of ${data.dim}`,
    );
  }
  const type = exact?.kind === "file" ? exact.type : null;
  const { index, close } = await openIndexFolder(folder, files, { works, exact: type });
  try {
    const seconds: unknown = JSON.parse(
      await readFile(join(folder, "build-seconds.json"), "utf8").catch(() => "0"),
    );
    const buildMs = typeof seconds === "number" ? 1000 * seconds : 0;
    const kernel = await openNodeScanKernel();
    const loaded = await loadIndex(index, kernel, files.router.bytes, buildMs, signal);
    const search = (share: number, by: "codes" | "signs", reranked: number) =>
      createCodeSearch(data, loaded, { share, by, reranked });
    return {
      methods: [
        search(1, "codes", 0),
        ...SHARES.map((share) => search(share, "codes", RERANKED)),
        search(1, "signs", 0),
        search(1, "signs", RERANKED),
      ],
      routers: await compareRouters(index.router, kernel, data.images),
    };
  } finally {
    await close();
  }
}
