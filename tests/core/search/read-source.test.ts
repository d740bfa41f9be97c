import { describe, expect, it } from "vitest";
import { isAppError } from "../../../src/core/errors.ts";
import { openEdition } from "../../../src/core/search/open-edition.ts";
import { readSource } from "../../../src/core/search/read-source.ts";
import { createFlatRouter } from "../../../src/core/search/router.ts";
import { gunzip } from "../../../workers/search/gunzip.ts";
import { neverAborted } from "../../helpers/counting-source.ts";
import { memorySource } from "../../helpers/memory-source.ts";
import { makeTinyEdition } from "../../helpers/tiny-edition.ts";

const tiny = makeTinyEdition({ sentences: 60, dim: 16 });
const bytes = tiny.files.bytes;
const sources = {
  router: memorySource(bytes.router),
  codes: memorySource(bytes.codes),
  rows: memorySource(bytes.rows),
  works: memorySource(bytes.works),
  texts: memorySource(bytes.texts),
  sources: memorySource(bytes.sources),
};
const runtime = {
  gunzip,
  openRouter: (router: { dim: number }, centroids: Float32Array) =>
    Promise.resolve(createFlatRouter(centroids, router.dim)),
};
const edition = await openEdition(tiny.manifest, sources, runtime, () => undefined, neverAborted());

describe("readSource", () => {
  it("does not read the sources before one is asked for", () => {
    expect(sources.sources.reads).toHaveLength(0);
  });

  it("finds every sentence of a work with a text at its own span", async () => {
    let found = 0;
    for (const [row, { text }] of tiny.corpus.sentences.entries()) {
      const source = await readSource(edition, row, neverAborted());
      const work = tiny.corpus.workOfRow[row] ?? 0;
      if (work % 2 === 1) expect(source).toBeNull();
      else {
        const span = source?.text.spans[source.sentence];
        expect(source?.text.blocks[span?.block ?? -1]?.text.slice(span?.start, span?.end)).toBe(
          text,
        );
        expect((source?.firstRow ?? 0) + (source?.sentence ?? 0)).toBe(row);
        found += 1;
      }
    }
    expect(found).toBeGreaterThan(10);
  });

  it.each([-1, 60, 1.5, Number.NaN])("refuses row %s", async (row) => {
    await expect(readSource(edition, row, neverAborted())).rejects.toSatisfy((error) =>
      isAppError(error, "invalid-argument"),
    );
  });
});
