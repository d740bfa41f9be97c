"""Loads dumped pictures and captions, tokenised once, with mirroring."""
import json
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer

from model import CONTEXT, GRID, PATCH_VALUES, PATCHES

MEAN = (0.48145466, 0.4578275, 0.40821073)
STD = (0.26862954, 0.26130258, 0.27577711)
MOTIFS = 4
"""Most motifs in a picture."""
NONE = -9
"""Key of an absent motif: equal to no phrase's key."""
MOTIF_KINDS = (
    "figure", "group", "sun", "moon", "tree", "boat", "house", "dome", "cross", "halo", "table", "window", "animal", "fruit",
    "drapery", "hills", "water", "candle", "bridge", "flower", "star", "bird",
)
COLOURS = ("red", "blue", "green", "yellow", "white", "black", "brown", "orange", "purple", "pink", "grey")
"""Both in the order of scene.ts, whose indices the keys hold."""
PAIR_KINDS = ("leftRight", "aboveBelow", "relation", "colour", "tone", "temperature")


def normalise(raw: np.ndarray, dtype=torch.float32, gain=None) -> torch.Tensor:
    """8-bit patches (n, 49, 3072) to CLIP's normalised values, optionally with a brightness factor per picture."""
    x = torch.from_numpy(raw).to(dtype).view(len(raw), PATCHES, 3, -1)
    scale = torch.tensor([1 / (255 * s) for s in STD]).view(1, 1, 3, 1)
    shift = torch.tensor([m / s for m, s in zip(MEAN, STD)], dtype=dtype).view(1, 1, 3, 1)
    factor = scale if gain is None else scale * gain.view(-1, 1, 1, 1)
    return x.mul_(factor.to(dtype)).sub_(shift).view(len(raw), PATCHES, PATCH_VALUES)


def mirror(raw: np.ndarray) -> np.ndarray:
    """Mirrors patches left to right."""
    return raw.reshape(-1, GRID, GRID, 3, 32, 32)[:, :, ::-1, :, :, ::-1].reshape(raw.shape)


def coverage(box) -> np.ndarray:
    """Area that a box shares with each of the 49 cells, in cells."""
    rows, columns = np.divmod(np.arange(PATCHES), GRID)
    x0, y0, x1, y1 = (value * GRID for value in box)
    wide = np.minimum(x1, columns + 1) - np.maximum(x0, columns)
    tall = np.minimum(y1, rows + 1) - np.maximum(y0, rows)
    return np.clip(wide, 0, None) * np.clip(tall, 0, None)


class Texts:
    """Token ids of many texts in one flat array."""

    def __init__(self, tokenizer: Tokenizer, texts: list[str]):
        parts, lengths = [], []
        end = tokenizer.token_to_id("<|endoftext|>")
        for start in range(0, len(texts), 50_000):
            for encoding in tokenizer.encode_batch(texts[start : start + 50_000]):
                ids = encoding.ids
                if len(ids) > CONTEXT:
                    ids = ids[: CONTEXT - 1] + [end]
                parts.append(np.array(ids, np.int16))
                lengths.append(len(ids))
        self.ids = np.concatenate(parts) if parts else np.zeros(0, np.int16)
        self.starts = np.concatenate([[0], np.cumsum(lengths)])
        swap = np.arange(tokenizer.get_vocab_size(), dtype=np.int16)
        left, right = tokenizer.token_to_id("left</w>"), tokenizer.token_to_id("right</w>")
        assert left and right, "left and right must be single tokens for mirroring"
        swap[left], swap[right] = right, left
        self.swap = swap

    def get(self, index: int, flipped: bool = False) -> np.ndarray:
        ids = self.ids[self.starts[index] : self.starts[index + 1]]
        return self.swap[ids] if flipped else ids

    def __len__(self):
        return len(self.starts) - 1


class PictureSet:
    """Pictures of one or more .bin shards with the lines of a .jsonl."""

    def __init__(self, bins: list[Path], jsonl: Path, tokenizer: Tokenizer, limit: int | None = None):
        size = PATCHES * PATCH_VALUES
        self.shards = [np.memmap(b, np.uint8, "r").reshape(-1, PATCHES, PATCH_VALUES) for b in bins]
        self.shard_size = len(self.shards[0])
        count = sum(len(s) for s in self.shards)
        with jsonl.open() as lines:
            rows = [json.loads(line) for _, line in zip(range(min(count, limit or count)), lines)]
        self.count = len(rows)
        self.keys = np.full((self.count, MOTIFS, 4), NONE, np.int8)
        self.cells = np.zeros((self.count, MOTIFS, PATCHES), np.float32)
        self.boxes = [[m["box"] for m in row["motifs"]] for row in rows]
        for n, row in enumerate(rows):
            for m, motif in enumerate(row["motifs"]):
                self.keys[n, m] = motif["key"]
                self.cells[n, m] = coverage(motif["box"])
        self.usable = np.array([n for n, row in enumerate(rows) if row["phrases"] and row["pairs"]])
        flat = lambda field: [text for row in rows for text in row[field]]
        self.captions_per = len(rows[0]["captions"])
        self.captions = Texts(tokenizer, flat("captions"))
        self.phrases_per = max(len(row["phrases"]) for row in rows)
        self.phrase_start = np.cumsum([0] + [len(row["phrases"]) for row in rows])
        self.phrases = Texts(tokenizer, [p["text"] for row in rows for p in row["phrases"]])
        self.phrase_keys = np.array([p["key"] for row in rows for p in row["phrases"]], np.int8)
        self.pair_start = np.cumsum([0] + [len(row["pairs"]) for row in rows])
        self.right = Texts(tokenizer, [p[1] for row in rows for p in row["pairs"]])
        self.wrong = Texts(tokenizer, [p[2] for row in rows for p in row["pairs"]])
        self.pair_kind = np.array([p[0] for row in rows for p in row["pairs"]], np.int8)
        self.full = Texts(tokenizer, [row["full"] for row in rows])
        self.mixed = Texts(tokenizer, [row["mixed"] for row in rows])
        self.pointing = Texts(tokenizer, flat("pointing"))
        self.pointing_start = np.cumsum([0] + [len(row["pointing"]) for row in rows])

    def raw(self, index: int) -> np.ndarray:
        return self.shards[index // self.shard_size][index % self.shard_size]


def flip_keys(keys: np.ndarray) -> np.ndarray:
    """Keys after mirroring: the horizontal place 0 ↔ 2."""
    out = keys.copy()
    place = out[..., 2]
    out[..., 2] = np.where(place >= 0, 2 - place, place)
    return out


def pad(rows: list[np.ndarray]):
    """Pads id lists to one tensor; returns ids and the index of the last token."""
    length = max(len(r) for r in rows)
    ids = np.zeros((len(rows), length), np.int64)
    for n, r in enumerate(rows):
        ids[n, : len(r)] = r
    return torch.from_numpy(ids), torch.tensor([len(r) - 1 for r in rows])


def encode_texts(tower, rows: list[np.ndarray], chunks: int = 1):
    """Embeds texts sorted by length in a few batches, so that short ones are not padded to the longest."""
    order = sorted(range(len(rows)), key=lambda n: len(rows[n]))
    size = -(-len(rows) // chunks)
    out = torch.cat([tower(*pad([rows[n] for n in order[at : at + size]])).float() for at in range(0, len(rows), size)])
    back = torch.empty(len(rows), dtype=torch.long)
    back[torch.tensor(order)] = torch.arange(len(rows))
    return out[back]
