import { AppError } from "../../src/core/errors.ts";
import { createReferenceTokenizer } from "../../src/core/model/reference-tokenizer.ts";

/** Turns a text into token ids, with start and end token. */
export type Tokenize = (text: string) => readonly number[];

/**
 * Makes a tokenizer from the two standard files of a pack. The library is large and only phrases need it, so that it is
 * loaded here and not before; it never asks the network for anything.
 *
 * @param tokenizer parsed tokenizer.json
 * @param config parsed tokenizer_config.json
 * @throws AppError `pack-corrupt` where the library does not accept the files
 */
export async function openTokenizer(tokenizer: unknown, config: unknown): Promise<Tokenize> {
  const { env, PreTrainedTokenizer } = await import("@huggingface/transformers");
  env.allowRemoteModels = false;
  env.allowLocalModels = false;
  try {
    return createReferenceTokenizer(PreTrainedTokenizer, tokenizer, config);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new AppError({ code: "pack-corrupt", file: "tokenizer.json", why }, { cause: error });
  }
}
