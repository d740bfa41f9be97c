"""Trains the LoRA adapter of the two projections for pictures drawn in ink, with half of each batch in the old style.

    python adapter.py <work folder> <model folder>

Only the projections change, so the towers run once and their outputs are kept. Writes <model folder>/adapter in PEFT's
format.
"""
import json
import sys
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer

from data import PictureSet, encode_texts, mirror, normalise
from measure import recall
from model import ImageTower
from train import Trainer

RANK, ALPHA = 16, 32
STEPS, BATCH, RATE, SEED = 500, 512, 2e-3, 0
REHEARSAL = 0.5
CAPTIONS = 3
"""Captions kept of each picture."""
PICTURES = 2000


def own_state(model: dict) -> dict:
    """The parameters of our towers from CLIPModel's: the inverse of `export.hugging_face_state`."""
    rename = {
        "scale": "logit_scale", "image.cls": "vision_model.embeddings.class_embedding",
        "image.patch.weight": "vision_model.embeddings.patch_embedding.weight",
        "image.position": "vision_model.embeddings.position_embedding.weight",
        "image.project.weight": "visual_projection.weight", "text.project.weight": "text_projection.weight",
        "text.token.weight": "text_model.embeddings.token_embedding.weight",
        "text.position": "text_model.embeddings.position_embedding.weight",
    }
    out = {mine: model[theirs].float() for mine, theirs in rename.items()}
    out["image.patch.weight"] = out["image.patch.weight"].flatten(1)
    pairs = (("out", "self_attn.out_proj"), ("norm1", "layer_norm1"), ("norm2", "layer_norm2"), ("up", "mlp.fc1"), ("down", "mlp.fc2"))
    for part in ("weight", "bias"):
        out[f"image.norm_pre.{part}"] = model[f"vision_model.pre_layrnorm.{part}"].float()
        out[f"image.norm_post.{part}"] = model[f"vision_model.post_layernorm.{part}"].float()
        out[f"text.norm.{part}"] = model[f"text_model.final_layer_norm.{part}"].float()
        for source, target in (("image", "vision_model"), ("text", "text_model")):
            n = 0
            while f"{target}.encoder.layers.{n}.self_attn.q_proj.{part}" in model:
                new = f"{target}.encoder.layers.{n}"
                out[f"{source}.blocks.{n}.qkv.{part}"] = torch.cat([model[f"{new}.self_attn.{x}_proj.{part}"] for x in "qkv"]).float()
                for mine, theirs in pairs:
                    out[f"{source}.blocks.{n}.{mine}.{part}"] = model[f"{new}.{theirs}.{part}"].float()
                n += 1
    return out


def load_towers(folder: Path, tokenizer: Tokenizer) -> Trainer:
    trainer = Trainer(tokenizer.get_vocab_size())
    trainer.load_state_dict(own_state(load_file(folder / "model.safetensors")), strict=False)
    return trainer.eval()


@torch.no_grad()
def picture_features(image: ImageTower, pictures: PictureSet, count: int, mirrored: bool) -> torch.Tensor:
    """What enters the visual projection (count, width)."""
    out = []
    for at in range(0, count, 200):
        raw = np.stack([pictures.raw(n) for n in range(at, min(count, at + 200))])
        x = image.trunk(normalise(mirror(raw) if mirrored else raw))
        last = image.blocks[-1]
        attended, *_ = last.parts(x)
        y = x[:, 0] + last.out(attended)
        out.append(image.norm_post(y + last.mlp(y)))
    return torch.cat(out)


@torch.no_grad()
def text_features(text, rows) -> torch.Tensor:
    """What enters the text projection (rows, width)."""
    project, text.project = text.project, torch.nn.Identity()
    out = encode_texts(text, rows, max(1, len(rows) // 200))
    text.project = project
    return out


class Side:
    """One projection with its low-rank update; B starts at zero, so the adapter starts as the identity."""

    def __init__(self, weight: torch.Tensor):
        self.weight = weight.detach()
        self.down = (torch.randn(RANK, weight.shape[1]) * weight.shape[1] ** -0.5).requires_grad_()
        self.up = torch.zeros(weight.shape[0], RANK, requires_grad=True)

    def __call__(self, x):
        return F.normalize(x @ self.weight.T + (ALPHA / RANK) * (x @ self.down.T) @ self.up.T, dim=-1)


def features(trainer, pictures: PictureSet, count: int):
    """Features of the pictures and their mirror images, and of some captions of each."""
    views, words = [], []
    for flipped in (False, True):
        views.append(picture_features(trainer.image, pictures, count, flipped))
        rows = [pictures.captions.get(n * pictures.captions_per + c, flipped) for n in range(count) for c in range(CAPTIONS)]
        words.append(text_features(trainer.text, rows).view(count, CAPTIONS, -1))
    return torch.cat(views), torch.cat(words)


def main() -> None:
    work, folder = Path(sys.argv[1]), Path(sys.argv[2])
    torch.manual_seed(SEED)
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    trainer = load_towers(folder, tokenizer)
    open_set = lambda name, count: PictureSet([work / f"pix/{name}.bin"], work / f"{name.split('-')[0]}.jsonl", tokenizer, count)
    new = features(trainer, open_set("adapter", PICTURES), PICTURES)
    old = features(trainer, open_set("train-00", PICTURES), PICTURES)
    tests = {}
    for name in ("heldOutShifted", "heldOut"):
        pictures = open_set(name, 1000)
        tests[name] = (picture_features(trainer.image, pictures, 1000, False), text_features(trainer.text, [pictures.full.get(n) for n in range(1000)]))
    image, text = Side(trainer.image.project.weight), Side(trainer.text.project.weight)
    show = lambda: {name: recall(image(a).detach(), text(b).detach()) for name, (a, b) in tests.items()}
    print("before", show(), flush=True)
    adam = torch.optim.AdamW([image.down, image.up, text.down, text.up], lr=RATE, weight_decay=0.01)
    scale = trainer.scale.detach().exp()
    fresh = round(BATCH * (1 - REHEARSAL))
    for step in range(STEPS):
        parts = [(new, fresh), (old, BATCH - fresh)]
        pixels, words = [], []
        for (views, captions), size in parts:
            rows = torch.randperm(len(views))[:size]
            pixels.append(views[rows])
            words.append(captions[rows, torch.randint(CAPTIONS, (size,))])
        logits, labels = scale * image(torch.cat(pixels)) @ text(torch.cat(words)).T, torch.arange(BATCH)
        loss = (F.cross_entropy(logits, labels) + F.cross_entropy(logits.T, labels)) / 2
        for group in adam.param_groups:
            group["lr"] = RATE * (1 - step / STEPS)
        adam.zero_grad()
        loss.backward()
        adam.step()
    print("after", show())
    out = folder / "adapter"
    out.mkdir(exist_ok=True)
    named = {"visual_projection": image, "text_projection": text}
    tensors = {}
    for name, side in named.items():
        tensors[f"base_model.model.{name}.lora_A.weight"] = side.down.detach().half().contiguous()
        tensors[f"base_model.model.{name}.lora_B.weight"] = side.up.detach().half().contiguous()
    save_file(tensors, out / "adapter_model.safetensors", metadata={"format": "pt"})
    (out / "adapter_model.safetensors").chmod(0o644)
    (out / "adapter_config.json").write_text(json.dumps(configuration(), indent=2) + "\n")
    check(folder, image)


def configuration() -> dict:
    """The fields that PEFT writes for a LoRA adapter of two linear layers."""
    return {
        "alpha_pattern": {}, "auto_mapping": {"base_model_class": "CLIPModel", "parent_library": "transformers.models.clip.modeling_clip"},
        "base_model_name_or_path": "demo-encoder", "bias": "none", "corda_config": None, "eva_config": None,
        "exclude_modules": None, "fan_in_fan_out": False, "inference_mode": True, "init_lora_weights": True,
        "layer_replication": None, "layers_pattern": None, "layers_to_transform": None, "loftq_config": {},
        "lora_alpha": ALPHA, "lora_bias": False, "lora_dropout": 0.0, "megatron_config": None,
        "megatron_core": "megatron.core", "modules_to_save": None, "peft_type": "LORA", "r": RANK, "rank_pattern": {},
        "revision": None, "target_modules": ["text_projection", "visual_projection"], "task_type": None,
        "trainable_token_indices": None, "use_dora": False, "use_rslora": False,
    }


def check(folder: Path, image: Side) -> None:
    """PEFT must load the files and merge them to the same projection."""
    from peft import PeftModel
    from transformers import CLIPModel

    merged = PeftModel.from_pretrained(CLIPModel.from_pretrained(folder).float(), folder / "adapter").merge_and_unload()
    wanted = image.weight + (ALPHA / RANK) * image.up.detach() @ image.down.detach()
    worst = (merged.visual_projection.weight - wanted).abs().max().item()
    print(f"largest difference after merging with PEFT: {worst:.5f}")
    assert worst < 0.01


if __name__ == "__main__":
    main()
