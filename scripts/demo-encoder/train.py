"""Trains both towers from scratch on dumped pictures. Resumes from the checkpoint in the work folder.

    python train.py <work folder> --steps 3000 --seconds 3600
"""
import argparse
import math
import time
from pathlib import Path

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
from tokenizers import Tokenizer

import measure
from data import COLOURS, MOTIF_KINDS, PAIR_KINDS, PictureSet, encode_texts, flip_keys, mirror, normalise
from model import DIM, IMAGE, TEXT, ImageTower, TextTower, grad_eclip, initialise, scale_patch_embedding

WEIGHTS = dict(phrase=0.5, dense=0.5, cells=0.5, map=0.5, objectness=0.4, pair=4.0, bind_picture=1.0, bind_text=0.7)
PAIRS = 256
"""Hard-negative pairs a step: at most one for a picture."""
BIND = dict(colour=len(COLOURS), horizontal=3, vertical=3)
"""What the binding head reads off an embedding for each kind of motif: its colour and its place."""
BIND_WEIGHTS = (2.0, 1.0, 1.0)
BIND_SCALE = 16.0
PAIR_SHARES = dict(leftRight=1.0, aboveBelow=1.0, relation=4.0, colour=12.0, tone=0.3, temperature=0.3)
"""How often each kind is drawn, relative to the others: relations and bound colours are learnt last."""
MAX_SCALE, MAX_DENSE_SCALE = math.log(100), math.log(60)


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--steps", type=int, default=3000)
    parser.add_argument("--seconds", type=float, default=3600, help="guard: the schedule ends by then at the latest")
    parser.add_argument("--batch", type=int, default=256)
    parser.add_argument("--rate", type=float, default=1.2e-3)
    parser.add_argument("--warm-up", type=int, default=100)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--every", type=int, default=250)
    parser.add_argument("--name", default="base")
    parser.add_argument("--start", type=Path, help="checkpoint to begin from, with a fresh optimiser (fine-tuning)")
    return parser.parse_args()


def soft_targets(logits, wanted):
    """Cross-entropy against all true columns of a row, in equal parts."""
    share = wanted / wanted.sum(1, keepdim=True).clamp(min=1e-6)
    return -(logits.log_softmax(1) * share).sum(1).mean()


def both_ways(logits, wanted):
    return (soft_targets(logits, wanted) + soft_targets(logits.T, wanted.T)) / 2


class Batches:
    """Random pictures, half of them mirrored, each with a caption, a phrase and perhaps a pair."""

    def __init__(self, pictures: PictureSet, size: int, seed: int):
        self.pictures, self.size = pictures, size
        self.random = np.random.RandomState(seed)
        self.order = np.zeros(0, np.int64)
        self.pair_share = np.array([PAIR_SHARES[kind] for kind in PAIR_KINDS])[pictures.pair_kind]

    def choose_pair(self, row: int) -> int:
        start, end = self.pictures.pair_start[row], self.pictures.pair_start[row + 1]
        share = self.pair_share[start:end]
        return self.random.choice(np.arange(start, end), p=share / share.sum())

    def next(self):
        p, r = self.pictures, self.random
        if len(self.order) < self.size:
            self.order = r.permutation(p.usable)
        rows, self.order = np.sort(self.order[: self.size]), self.order[self.size :]
        flips = r.rand(self.size) < 0.5
        raw = np.empty((self.size, *p.shards[0].shape[1:]), np.uint8)
        for n, row in enumerate(rows):
            raw[n] = mirror(p.raw(row)[None])[0] if flips[n] else p.raw(row)
        captions = [p.captions.get(row * p.captions_per + r.randint(p.captions_per), f) for row, f in zip(rows, flips)]
        chosen = [r.randint(p.phrase_start[row], p.phrase_start[row + 1]) for row in rows]
        phrases = [p.phrases.get(c, f) for c, f in zip(chosen, flips)]
        pair_rows = r.permutation(self.size)[:PAIRS]
        pairs = [self.choose_pair(rows[n]) for n in pair_rows]
        right = [p.right.get(c, flips[n]) for c, n in zip(pairs, pair_rows)]
        wrong = [p.wrong.get(c, flips[n]) for c, n in zip(pairs, pair_rows)]
        motifs, keys, cells = p.keys[rows], p.phrase_keys[chosen], p.cells[rows]
        motifs = np.where(flips[:, None, None], flip_keys(motifs), motifs)
        keys = np.where(flips[:, None], flip_keys(keys), keys)
        mirrored = cells.reshape(self.size, -1, 7, 7)[..., ::-1].reshape(cells.shape)
        cells = np.where(flips[:, None, None], mirrored, cells)
        # match[picture, phrase, motif]: every stated part of the phrase is true of the motif
        open_or_equal = (keys[None, :, None] < 0) | (keys[None, :, None] == motifs[:, None])
        match = open_or_equal.all(-1) & (motifs[:, None, :, 0] >= 0)
        own = match[np.arange(self.size), np.arange(self.size)]
        target = (cells * own[:, :, None]).sum(1)
        region = (own[:, None, :] & match).any(-1)
        # Kinds of motif that occur once in their picture: (picture, kind, colour, horizontal, vertical)
        alone = (motifs[:, :, None, 0] == motifs[:, None, :, 0]).sum(-1) == 1
        alone &= motifs[:, :, 0] >= 0
        facts = np.concatenate([np.nonzero(alone)[0][:, None], motifs[alone]], 1)
        tensor = lambda a: torch.from_numpy(np.ascontiguousarray(a)).float()
        share = lambda a: tensor(a / a.sum(1, keepdims=True))
        gain = torch.from_numpy(r.uniform(0.95, 1.05, self.size)).float()
        return dict(
            patches=normalise(raw, torch.bfloat16, gain), captions=captions, phrases=phrases, right=right, wrong=wrong,
            pair_rows=torch.from_numpy(pair_rows), truth=tensor(match.any(-1)), target=share(target), region=tensor(region),
            objects=share(cells.sum(1)), facts=torch.from_numpy(facts.astype(np.int64)),
        )


class Trainer(nn.Module):
    """Both towers with the learned temperatures; forward gives the losses of a batch."""

    def __init__(self, vocabulary: int):
        super().__init__()
        self.image, self.text = ImageTower(), TextTower(vocabulary)
        initialise(self.image, IMAGE["layers"])
        initialise(self.text, TEXT["layers"])
        self.scale = nn.Parameter(torch.tensor(math.log(1 / 0.07)))
        self.dense_scale = nn.Parameter(torch.tensor(math.log(10.0)))
        self.map_scale = nn.Parameter(torch.tensor(0.0))
        self.bind = nn.Linear(DIM, len(MOTIF_KINDS) * sum(BIND.values()))

    def binding(self, embeddings, facts):
        """Cross-entropy of reading each motif's colour and place off an embedding by one linear map for both towers.

        An embedding that is only a sum of motifs, colours and places cannot serve it. The pair loss alone starts at a
        saddle: neither tower gains from binding before the other does.
        """
        rows, kinds = facts[:, 0], facts[:, 1]
        logits = self.bind(BIND_SCALE * embeddings).view(len(embeddings), len(MOTIF_KINDS), -1)[rows, kinds]
        parts = logits.split(list(BIND.values()), 1)
        return sum(
            weight * F.cross_entropy(part, facts[:, 2 + n]) for n, (part, weight) in enumerate(zip(parts, BIND_WEIGHTS))
        )

    def forward(self, b):
        size, count = len(b["captions"]), len(b["right"])
        with torch.autocast("cpu", dtype=torch.bfloat16):
            z, parts, tokens = self.image.with_tokens(b["patches"])
            words = encode_texts(self.text, b["captions"] + b["phrases"] + b["right"] + b["wrong"], 6)
            value = self.image.value_path(parts[4])
        z, words, value, tokens = (F.normalize(t.float(), dim=-1) for t in (z, words, value, tokens))
        captions, phrases, right, wrong = words.split([size, size, count, count])
        scale = self.scale.clamp(max=MAX_SCALE).exp()
        dense_scale = self.dense_scale.clamp(max=MAX_DENSE_SCALE).exp()
        logits, labels = scale * z @ captions.T, torch.arange(size)
        losses = {"contrast": (F.cross_entropy(logits, labels) + F.cross_entropy(logits.T, labels)) / 2}
        losses["phrase"] = both_ways(scale * z @ phrases.T, b["truth"])
        for name, cells in (("dense", value), ("cells", tokens)):
            near = dense_scale * (cells * phrases[:, None]).sum(-1)
            pooled = F.normalize((cells * b["target"][:, :, None]).sum(1), dim=-1)
            losses[name] = -(near.log_softmax(1) * b["target"]).sum(1).mean()
            losses[name] = losses[name] + 0.5 * both_ways(dense_scale * pooled @ phrases.T, b["region"])
        # Without the sign split, λ would be pushed down on motifs: it multiplies negative background values.
        heat, lam, plain = grad_eclip(self.image, parts, phrases, create_graph=True)
        heat = torch.where(plain > 0, heat, plain)
        heat = heat / (heat.abs().mean(1, keepdim=True).detach() + 1e-6) * self.map_scale.exp()
        losses["map"] = -(heat.log_softmax(1) * b["target"]).sum(1).mean()
        losses["objectness"] = -((10 * lam).log_softmax(1) * b["objects"]).sum(1).mean()
        pictures = z[b["pair_rows"]]
        gap = (pictures * (right - wrong)).sum(1)
        losses["pair"] = F.softplus(-scale.detach().clamp(min=10) * gap).mean()
        losses["bind_picture"] = self.binding(z, b["facts"])
        losses["bind_text"] = self.binding(captions, b["facts"])
        total = sum(loss * WEIGHTS.get(name, 1.0) for name, loss in losses.items())
        seen = {name: loss.item() for name, loss in losses.items()}
        seen["top1"] = (logits.argmax(1) == labels).float().mean().item()
        return total, seen


def optimiser(trainer: Trainer, rate: float):
    towers = [(n, p) for n, p in trainer.named_parameters() if not n.startswith("bind")]
    is_matrix = lambda n, p: p.dim() == 2 and "position" not in n
    groups = [
        dict(params=[p for n, p in towers if is_matrix(n, p)], weight_decay=0.05),
        dict(params=[p for n, p in towers if not is_matrix(n, p)], weight_decay=0.0),
        dict(params=list(trainer.bind.parameters()), weight_decay=0.05),
    ]
    return torch.optim.AdamW(groups, lr=rate, betas=(0.9, 0.98), eps=1e-6)


def main():
    a = arguments()
    torch.manual_seed(a.seed)
    tokenizer = Tokenizer.from_file(str(a.folder / "tokenizer.json"))
    began = time.time()
    train = PictureSet(sorted(a.folder.glob("pix/train-*.bin")), a.folder / "train.jsonl", tokenizer)
    held_out = PictureSet([a.folder / "pix/heldOut.bin"], a.folder / "heldOut.jsonl", tokenizer)
    print(f"{train.count} pictures, loaded in {time.time() - began:.0f} s", flush=True)
    trainer = Trainer(tokenizer.get_vocab_size())
    sample = np.stack([train.raw(n) for n in range(0, 256)])
    scale_patch_embedding(trainer.image, normalise(sample))
    print("parameters", *(sum(p.numel() for p in t.parameters()) for t in (trainer.image, trainer.text)))
    adam = optimiser(trainer, a.rate)
    step, spent = 0, 0.0
    checkpoint = a.folder / f"{a.name}.pt"
    if checkpoint.exists():
        saved = torch.load(checkpoint)
        trainer.load_state_dict(saved["trainer"])
        adam.load_state_dict(saved["adam"])
        step, spent = saved["step"], saved["spent"]
    elif a.start:
        trainer.load_state_dict(torch.load(a.start)["trainer"])
    batches = Batches(train, a.batch, a.seed + step)
    seen, clock = [], time.time()
    while True:
        progress = max(step / a.steps, spent / a.seconds)
        if progress >= 1:
            break
        rate = a.rate * min(1, (step + 1) / a.warm_up) * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * progress)))
        for group in adam.param_groups:
            group["lr"] = rate
        loss, parts = trainer(batches.next())
        adam.zero_grad(set_to_none=True)
        loss.backward()
        norm = nn.utils.clip_grad_norm_(trainer.parameters(), 1.0)
        adam.step()
        step += 1
        seen.append(parts)
        spent += time.time() - clock
        clock = time.time()
        if step % 25 == 0 or step <= 3:
            means = " ".join(f"{k} {np.mean([s[k] for s in seen]):.3f}" for k in seen[0])
            print(f"{step} {spent:.0f}s {means} scale {trainer.scale.exp():.1f} rate {rate:.5f} norm {norm:.2f}", flush=True)
            seen = []
        if step % 100 == 0:
            saved = dict(trainer=trainer.state_dict(), adam=adam.state_dict(), step=step, spent=spent)
            torch.save(saved, checkpoint.with_suffix(".tmp"))
            checkpoint.with_suffix(".tmp").rename(checkpoint)
        if step % a.every == 0:
            print("HELD OUT", step, measure.report(trainer.image, trainer.text, held_out, short=True), flush=True)
            clock = time.time()
    torch.save(dict(trainer=trainer.state_dict(), adam=adam.state_dict(), step=step, spent=spent), checkpoint)
    print("DONE", step, f"{spent:.0f}s", measure.report(trainer.image, trainer.text, held_out), flush=True)


if __name__ == "__main__":
    main()
