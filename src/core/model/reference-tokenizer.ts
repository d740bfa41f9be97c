/** The part of a tokenizer of @huggingface/transformers that this file uses. */
interface LoadedTokenizer {
  encode(text: string): readonly number[];
  readonly _tokenizer: { readonly model: WordModel | null };
}

/** What turns words into tokens. */
interface WordModel {
  fuse_unk: boolean;
  unk_token?: string;
  encode(words: string[]): string[];
}

/** PreTrainedTokenizer of @huggingface/transformers, given by the caller: the page loads it at the first phrase only. */
type TokenizerClass = new (tokenizer: unknown, config: unknown) => LoadedTokenizer;

/** What has to come before a lower-casing that looks at one character at a time. */
const CAPITAL_SIGMA = { type: "Replace", pattern: { String: "Σ" }, content: "σ" };

/**
 * Makes a tokenizer that gives the tokens of the reference (Hugging Face's `tokenizers`, in Rust), where the JavaScript
 * library differs from it in two things:
 *
 * - The `Lowercase` step of the reference takes every character by itself, so that Σ always becomes σ. JavaScript's
 *   toLowerCase writes a last sigma ς, which is another token. It is the one letter whose lower case depends on its
 *   neighbours (Unicode, SpecialCasing.txt, Final_Sigma).
 * - The reference fuses unknown tokens that follow each other within a word, the library across words too.
 *
 * @param tokenizer parsed tokenizer.json; it is not changed
 * @param config parsed tokenizer_config.json
 * @returns a function from a text to its token ids, with start and end token, neither trimmed nor shortened
 * @throws whatever the library throws for files that it does not accept
 */
export function createReferenceTokenizer(
  Tokenizer: TokenizerClass,
  tokenizer: unknown,
  config: unknown,
): (text: string) => readonly number[] {
  const loaded = new Tokenizer(lowercaseByCharacter(tokenizer), config);
  const { model } = loaded._tokenizer;
  if (model?.fuse_unk === true) fuseWithinWords(model);
  return (text) => loaded.encode(text);
}

function fuseWithinWords(model: WordModel): void {
  const encode = model.encode.bind(model);
  model.fuse_unk = false;
  model.encode = (words) =>
    words.flatMap((word) =>
      encode([word]).filter(
        (token, index, all) => token !== model.unk_token || all[index - 1] !== token,
      ),
    );
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The steps that stand for one normalizer, with the sigma's before every lower-casing. */
function stepsOf(normalizer: unknown): readonly unknown[] {
  if (!isRecord(normalizer)) return [normalizer];
  if (normalizer["type"] === "Lowercase") return [CAPITAL_SIGMA, normalizer];
  const { normalizers } = normalizer;
  if (!Array.isArray(normalizers)) return [normalizer];
  return [{ ...normalizer, normalizers: normalizers.flatMap(stepsOf) }];
}

function lowercaseByCharacter(tokenizer: unknown): unknown {
  if (!isRecord(tokenizer)) return tokenizer;
  const steps = stepsOf(tokenizer["normalizer"]);
  return {
    ...tokenizer,
    normalizer: steps.length === 1 ? steps[0] : { type: "Sequence", normalizers: steps },
  };
}
