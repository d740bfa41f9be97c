import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { openNodeTokenizer } from "../../../scripts/build-model/node-sessions.ts";
import { trimTokens } from "../../../src/core/model/run-text.ts";
import { openTokenizer, type Tokenize } from "../../../workers/encoder/texts.ts";
import { clipTokenizerConfig, clipTokenizerJson } from "../../helpers/clip-tokenizer.ts";
import { referencePath } from "../../reference/read-golden.ts";

/** Text, tokens of CLIP's tokenizer, tokens of the demo encoder's; see make_tokenizer_goldens.py. */
type Row = readonly [text: string, clip: readonly number[], demo: readonly number[]];
const { rows } = JSON.parse(
  readFileSync(referencePath("goldens/tokenizer-strings.json"), "utf8"),
) as { rows: readonly Row[] };

const readDemo = (name: string): unknown =>
  JSON.parse(
    readFileSync(
      fileURLToPath(new URL(`../../../data/demo-encoder/${name}`, import.meta.url)),
      "utf8",
    ),
  );

const CLIP_SHAPE = { contextLength: 77, endOfTextToken: 49407, vocabularySize: 49408 };
const DEMO_SHAPE = { contextLength: 77, endOfTextToken: 699, vocabularySize: 700 };

/** The texts that get other tokens than the reference's, with both. */
function differences(
  tokenize: Tokenize,
  shape: typeof CLIP_SHAPE,
  expected: (row: Row) => readonly number[],
): unknown[] {
  return rows.flatMap((row) => {
    const actual = trimTokens(tokenize(row[0]), shape);
    return actual.join() === expected(row).join()
      ? []
      : [{ text: row[0], actual, expected: expected(row) }];
  });
}

describe("the tokenizer of the encoder worker", () => {
  let clip: Tokenize;
  let demo: Tokenize;
  beforeAll(async () => {
    clip = await openTokenizer(clipTokenizerJson(), clipTokenizerConfig());
    demo = await openTokenizer(readDemo("tokenizer.json"), readDemo("tokenizer_config.json"));
  });

  it("is asked for a thousand different strings, some longer than the context", () => {
    expect(new Set(rows.map(([text]) => text)).size).toBe(1000);
    expect(rows.filter(([, ids]) => ids.length === 77).length).toBeGreaterThan(9);
  });

  it("gives all of them the tokens of transformers' CLIP tokenizer", () => {
    expect(differences(clip, CLIP_SHAPE, (row) => row[1])).toEqual([]);
  });

  it("gives all of them the tokens of the demo encoder's tokenizer in Python", () => {
    expect(differences(demo, DEMO_SHAPE, (row) => row[2])).toEqual([]);
  });

  it("is the one that builds editions in Node", () => {
    const tokenize = openNodeTokenizer(clipTokenizerJson(), clipTokenizerConfig());
    expect(differences(tokenize, CLIP_SHAPE, (row) => row[1])).toEqual([]);
  });

  it("takes half a surrogate pair as the replacement character, and fails on nothing", () => {
    expect(trimTokens(clip("a\ud83c b"), CLIP_SHAPE)).toEqual(
      trimTokens(clip("a\ufffd b"), CLIP_SHAPE),
    );
  });
});
