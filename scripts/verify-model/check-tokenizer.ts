import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { PreTrainedTokenizer } from "@huggingface/transformers";
import { PACK_FILES } from "../../src/core/model/pack-manifest.ts";
import { trimTokens } from "../../src/core/model/run-text.ts";
import type { NodeEncoder } from "../build-model/node-sessions.ts";
import { type Check, holds } from "./check.ts";
import { CAT_TOKENS } from "./published.ts";

/** Vocabulary of OpenAI's CLIP, and of every model that shares its tokenizer. */
const CLIP_VOCABULARY = 49408;

async function readJson(path: string): Promise<unknown> {
  return JSON.parse(await readFile(path, "utf8"));
}

/**
 * Checks that texts become tokens of the vocabulary that end, that decoding them and encoding the result gives the same
 * tokens, and that CLIP's vocabulary gives CLIP's ids.
 */
export async function checkTokenizer(
  folder: string,
  encoder: NodeEncoder,
  texts: readonly string[],
): Promise<readonly Check[]> {
  const { text } = encoder.manifest;
  if (text === null) return [];
  const library = new PreTrainedTokenizer(
    await readJson(join(folder, PACK_FILES.tokenizer)),
    await readJson(join(folder, PACK_FILES.tokenizerConfig)),
  );
  const changed = texts.filter((sentence) => {
    const ids = encoder.tokenize(sentence);
    const decoded = library.decode([...ids], { skip_special_tokens: true });
    return encoder.tokenize(decoded).join() !== ids.join();
  });
  const ends = texts.every((sentence) => {
    const ids = trimTokens(encoder.tokenize(sentence), text);
    return ids.at(-1) === text.endOfTextToken && ids.length <= text.contextLength;
  });
  const checks = [
    holds("tokens end", ends, `${texts.length} texts, at most ${text.contextLength} tokens each`),
    holds(
      "tokenizer round trip",
      changed.length === 0,
      changed.length === 0
        ? `${texts.length} texts encoded, decoded and encoded again`
        : `${JSON.stringify(changed[0])} does not survive it`,
    ),
  ];
  if (text.vocabularySize !== CLIP_VOCABULARY) return checks;
  const ids = encoder.tokenize(CAT_TOKENS.text);
  const isClip = ids.join() === CAT_TOKENS.ids.join();
  return [
    ...checks,
    holds("CLIP's token ids", isClip, `${JSON.stringify(CAT_TOKENS.text)} is ${ids.join(" ")}`),
  ];
}
