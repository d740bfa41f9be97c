"""Trains the byte-pair tokenizer on captions, filler and ordinary English lines.

    python make_tokenizer.py <train.jsonl> <output folder>

Lower case, no accents, CLIP's way of splitting words, "</w>" after the last piece of a word. The end-of-text token has
the highest id, which is how CLIP finds the place of the sentence's embedding.
"""
import json
import sys
from pathlib import Path

from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

SIZE = 700
START, END, UNKNOWN = "<|startoftext|>", "<|endoftext|>", "<|unknown|>"
WORDS = r"'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"
PICTURES = 6000
ENGLISH_REPEATS = 120
"""How often the ordinary lines count, so that common words outside the grammar get whole tokens too."""


def corpus(jsonl: Path):
    with jsonl.open() as lines:
        for number, line in zip(range(PICTURES), lines):
            picture = json.loads(line)
            yield from picture["captions"]
            yield from (phrase["text"] for phrase in picture["phrases"])
    english = (Path(__file__).parent / "ordinary-english.txt").read_text().splitlines()
    for _ in range(ENGLISH_REPEATS):
        yield from english


def main() -> None:
    jsonl, folder = Path(sys.argv[1]), Path(sys.argv[2])
    tokenizer = Tokenizer(models.BPE(unk_token=UNKNOWN, end_of_word_suffix="</w>", fuse_unk=True))
    tokenizer.normalizer = normalizers.Sequence(
        [
            normalizers.Replace(Regex("[\u2018\u2019]"), "'"),
            normalizers.Replace(Regex("[\u201c-\u201f\u00ab\u00bb]"), "\""),
            normalizers.Replace(Regex("[\u2010-\u2015]"), "-"),
            normalizers.NFKD(),
            normalizers.StripAccents(),
            normalizers.Lowercase(),
        ]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Split(Regex(WORDS), behavior="removed", invert=True)
    alphabet = list("abcdefghijklmnopqrstuvwxyz0123456789.,;:-'!?()\"")
    trainer = trainers.BpeTrainer(
        vocab_size=SIZE - 3, end_of_word_suffix="</w>", initial_alphabet=alphabet, limit_alphabet=len(alphabet), show_progress=False
    )
    tokenizer.train_from_iterator(corpus(jsonl), trainer)
    tokenizer.add_special_tokens([UNKNOWN, START, END])
    # The model must own the special tokens, so that unknown characters map to one of them.
    spec = json.loads(tokenizer.to_str())
    for token in spec["added_tokens"]:
        spec["model"]["vocab"][token["content"]] = token["id"]
    tokenizer = Tokenizer.from_str(json.dumps(spec))
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{START} $A {END}", pair=f"{START} $A {END} $B {END}",
        special_tokens=[(START, tokenizer.token_to_id(START)), (END, tokenizer.token_to_id(END))],
    )
    tokenizer.decoder = decoders.BPEDecoder(suffix="</w>")
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer.save(str(folder / "tokenizer.json"))
    config = {
        "tokenizer_class": "PreTrainedTokenizerFast", "bos_token": START, "eos_token": END, "pad_token": END,
        "unk_token": UNKNOWN, "model_max_length": 77, "clean_up_tokenization_spaces": False,
    }
    (folder / "tokenizer_config.json").write_text(json.dumps(config, indent=2) + "\n")
    print(tokenizer.get_vocab_size(), tokenizer.token_to_id(END), tokenizer.encode("A crimson boat on the LEFT, Cézanne – 1872 œ").tokens)


if __name__ == "__main__":
    main()
