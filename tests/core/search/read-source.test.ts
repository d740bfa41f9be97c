import { describe, expect, it } from "vitest";
import { isAppError } from "../../../src/core/errors.ts";
import { readSource } from "../../../src/core/search/read-source.ts";
import { neverAborted } from "../../helpers/counting-source.ts";
import { openTiny, tinySources } from "../../helpers/open-tiny-edition.ts";
import { makeTinyEdition } from "../../helpers/tiny-edition.ts";

const tiny = makeTinyEdition({ sentences: 60, dim: 16 });
const sources = tinySources(tiny);
const edition = await openTiny(tiny, sources);

describe("readSource", () => {
  it("does not read the sources before one is asked for", () => {
    expect(sources.sources.reads).toHaveLength(0);
  });

  it("finds every sentence of a work with a text at its own span", async () => {
    let found = 0;
    for (const [row, { text }] of tiny.corpus.sentences.entries()) {
      const source = await readSource(edition, row, false, neverAborted());
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
    await expect(readSource(edition, row, false, neverAborted())).rejects.toSatisfy((error) =>
      isAppError(error, "invalid-argument"),
    );
  });
});
