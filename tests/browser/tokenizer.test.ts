import { beforeAll, describe, expect, it } from "vitest";
import { trimTokens } from "../../src/core/model/run-text.ts";
import { openTokenizer } from "../../workers/encoder/texts.ts";
import { clipTokenizerConfig, clipTokenizerJson } from "../helpers/clip-tokenizer.ts";
import goldenUrl from "../reference/goldens/tokenizer-strings.json?url";

/** Text, tokens of CLIP's tokenizer, tokens of the demo encoder's; see make_tokenizer_goldens.py. */
type Row = readonly [text: string, clip: readonly number[], demo: readonly number[]];
const CLIP_SHAPE = { contextLength: 77, endOfTextToken: 49407, vocabularySize: 49408 };

let rows: readonly Row[];
beforeAll(async () => {
  ({ rows } = (await (await fetch(goldenUrl)).json()) as { rows: readonly Row[] });
});

describe("the tokenizer of the encoder worker in this browser", () => {
  it("gives a thousand strings the tokens of transformers' CLIP tokenizer, whatever its Unicode tables", async () => {
    const tokenize = await openTokenizer(clipTokenizerJson(), clipTokenizerConfig());
    expect(rows).toHaveLength(1000);
    const different = rows.filter(
      ([text, expected]) => trimTokens(tokenize(text), CLIP_SHAPE).join() !== expected.join(),
    );
    expect(different).toEqual([]);
  });
});
