import { describe, expect, it } from "vitest";
import { createSimilarGroups } from "../../../scripts/build-index/quality/similar-groups.ts";
import { QUALITY_FLAGS } from "../../../src/core/quality/flags.ts";
import { createSeededRandom } from "../../../src/core/search/seeded-random.ts";

function group(sentences: readonly string[], flags = new Uint16Array(sentences.length)) {
  const groups = createSimilarGroups(sentences.length, (row) => sentences[row] ?? "");
  sentences.forEach((sentence, row) => {
    groups.add(row, sentence);
  });
  return groups.finish(flags);
}

const LIGHT = "The light falls from the left and rests upon the white wall behind the maid.";

describe("createSimilarGroups", () => {
  it("folds what differs in marks, case, notes' numbers and a letter of the scan", () => {
    const sentences = [
      LIGHT,
      "Something else is said here, and nothing of it is said again.",
      `<sup12</sup ${LIGHT.toUpperCase()}`,
      LIGHT.replace("maid", "mald"),
    ];
    const flags = new Uint16Array(4);
    expect(group(sentences, flags)).toEqual([{ representative: 0, others: [2, 3] }]);
    expect([...flags]).toEqual([0, 0, QUALITY_FLAGS.duplicate, QUALITY_FLAGS.duplicate]);
  });

  it("lets the first sentence without a flag stand for its group", () => {
    const flags = Uint16Array.of(QUALITY_FLAGS.caption, 0, 0);
    expect(group([LIGHT, LIGHT, LIGHT], flags)).toEqual([{ representative: 1, others: [0, 2] }]);
    expect([...flags]).toEqual([QUALITY_FLAGS.caption | 32, 0, 32]);
  });

  it("keeps other figures, other words and short sentences apart", () => {
    expect(
      group([
        "Cambridge: Cambridge University Press, 2002.",
        "Cambridge: Cambridge University Press, 2007.",
      ]),
    ).toEqual([]);
    expect(group([LIGHT, LIGHT.replace("the white wall behind", "a dark curtain before")])).toEqual(
      [],
    );
    expect(group(["See fig. A.", "See fig. B.", "See fig. A!"])).toEqual([
      { representative: 0, others: [2] },
    ]);
    expect(group(["…", "…"])).toEqual([]);
  });

  it("finds nearly all planted near-duplicates among thousands, and joins nothing else", () => {
    const random = createSeededRandom(4);
    const words = Array.from({ length: 3000 }, () =>
      Array.from({ length: 3 + Math.floor(random() * 7) }, () =>
        String.fromCharCode(97 + Math.floor(random() * 26)),
      ).join(""),
    );
    const draw = () =>
      Array.from({ length: 18 }, () => words[Math.floor(random() * words.length)]).join(" ");
    const originals = Array.from({ length: 3000 }, draw);
    const copies = originals.slice(0, 300).map((text) => {
      const at = Math.floor(random() * text.length);
      return `${text.slice(0, at)}q${text.slice(at + 1)}`;
    });
    const groups = group([...originals, ...copies]);
    const right = groups.filter(
      ({ representative, others }) => others.length === 1 && others[0] === representative + 3000,
    );
    expect(right.length).toBeGreaterThanOrEqual(295);
    expect(groups.length - right.length).toBe(0);
  });
});
