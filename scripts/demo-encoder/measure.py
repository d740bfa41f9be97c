"""Held-out figures in PyTorch, for watching the training. The figures of record come from evaluate.ts."""
import numpy as np
import torch
import torch.nn.functional as F

from data import PAIR_KINDS, PictureSet, encode_texts, normalise
from model import GRID, PATCHES, grad_eclip

DILATION = 1 / GRID
"""A peak may lie one cell outside the box."""


@torch.no_grad()
def embed_pictures(image, pictures: PictureSet, rows) -> torch.Tensor:
    out = []
    for at in range(0, len(rows), 200):
        raw = np.stack([pictures.raw(n) for n in rows[at : at + 200]])
        out.append(image(normalise(raw))[0].float())
    return F.normalize(torch.cat(out), dim=-1)


@torch.no_grad()
def embed_texts(text, rows) -> torch.Tensor:
    return F.normalize(encode_texts(text, rows, max(1, len(rows) // 100)), dim=-1)


def recall(pictures: torch.Tensor, texts: torch.Tensor) -> dict:
    scores, out = pictures @ texts.T, {}
    for name, s in (("i2t", scores), ("t2i", scores.T)):
        rank = (s > s.diag()[:, None]).sum(1)
        for k in (1, 10):
            out[f"{name}@{k}"] = round((rank < k).float().mean().item(), 3)
    return out


def inside(boxes) -> np.ndarray:
    rows, columns = np.divmod(np.arange(PATCHES), GRID)
    x, y = (columns + 0.5) / GRID, (rows + 0.5) / GRID
    hit = np.zeros(PATCHES, bool)
    for x0, y0, x1, y1 in boxes:
        hit |= (x >= x0 - DILATION) & (x <= x1 + DILATION) & (y >= y0 - DILATION) & (y <= y1 + DILATION)
    return hit


def pointing(image, text, pictures: PictureSet, count: int) -> dict:
    """One phrase a picture; the peak of the map must lie in the box of the motif, widened by a cell."""
    items = []
    for n in range(min(count, pictures.count)):
        motifs = len(pictures.boxes[n])
        if motifs == 0:
            continue
        chosen = n % motifs
        key = pictures.keys[n, chosen]
        same = [b for b, k in zip(pictures.boxes[n], pictures.keys[n]) if tuple(k[:2]) == tuple(key[:2])]
        items.append((n, pictures.pointing.get(pictures.pointing_start[n] + chosen), inside(same), motifs))
    hits = {"map": [], "plain": [], "value": []}
    for at in range(0, len(items), 200):
        part = items[at : at + 200]
        with torch.no_grad():
            words = F.normalize(encode_texts(text, [p[1] for p in part]), dim=-1)
            _, parts = image(normalise(np.stack([pictures.raw(p[0]) for p in part])))
            value = (F.normalize(image.value_path(parts[4]), dim=-1) * words[:, None]).sum(-1)
        heat, _, plain = grad_eclip(image, parts, words)
        for name, m in (("map", heat), ("plain", plain), ("value", value)):
            hits[name] += [p[2][i] for p, i in zip(part, m.argmax(1).tolist())]
    many = np.array([p[3] >= 2 for p in items])
    out = {"n": len(items), "n2": int(many.sum()), "chance": round(float(np.mean([p[2].mean() for p in items])), 3)}
    for name, h in hits.items():
        out[name] = (round(float(np.mean(h)), 3), round(float(np.array(h)[many].mean()), 3))
    return out


def pairs(text, embedded, pictures: PictureSet, count: int) -> dict:
    rows = np.arange(pictures.pair_start[count])
    owner = np.repeat(np.arange(count), np.diff(pictures.pair_start[: count + 1]))
    keep = np.random.RandomState(0).permutation(rows)[:2000]
    right = embed_texts(text, [pictures.right.get(n) for n in keep])
    wrong = embed_texts(text, [pictures.wrong.get(n) for n in keep])
    z = embedded[owner[keep]]
    won = ((z * right).sum(1) > (z * wrong).sum(1)).numpy()
    kinds = pictures.pair_kind[keep]
    return {name: (round(float(won[kinds == k].mean()), 3), int((kinds == k).sum())) for k, name in enumerate(PAIR_KINDS)}


def report(image, text, pictures: PictureSet, short: bool = False) -> dict:
    image.eval(), text.eval()
    rows = list(range(pictures.count))
    z = embed_pictures(image, pictures, rows)
    out = {
        "full": recall(z, embed_texts(text, [pictures.full.get(n) for n in rows])),
        "mixed": recall(z, embed_texts(text, [pictures.mixed.get(n) for n in rows])),
        "pairs": pairs(text, z, pictures, pictures.count),
        "pointing": pointing(image, text, pictures, 400 if short else pictures.count),
    }
    image.train(), text.train()
    return out
