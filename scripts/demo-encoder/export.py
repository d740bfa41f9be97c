"""Writes a checkpoint as a Hugging Face CLIPModel in half precision, and checks that it gives the same embeddings.

    python export.py <work folder> <checkpoint name> <output folder>
"""
import json
import shutil
import sys
from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors.torch import save_file
from tokenizers import Tokenizer

from data import MEAN, STD, pad
from model import CONTEXT, DIM, GRID, IMAGE, TEXT
from train import Trainer


def tower_names(blocks: int, source: str, target: str, state: dict) -> dict:
    out = {}
    for n in range(blocks):
        old, new = f"{source}.blocks.{n}", f"{target}.encoder.layers.{n}"
        for part in ("weight", "bias"):
            for name, value in zip("qkv", state[f"{old}.qkv.{part}"].chunk(3)):
                out[f"{new}.self_attn.{name}_proj.{part}"] = value
            for mine, theirs in (("out", "self_attn.out_proj"), ("norm1", "layer_norm1"), ("norm2", "layer_norm2"),
                                 ("up", "mlp.fc1"), ("down", "mlp.fc2")):
                out[f"{new}.{theirs}.{part}"] = state[f"{old}.{mine}.{part}"]
    return out


def hugging_face_state(state: dict) -> dict:
    """Renames our parameters to those of CLIPModel."""
    width = IMAGE["width"]
    out = {
        "logit_scale": state["scale"],
        "vision_model.embeddings.class_embedding": state["image.cls"],
        "vision_model.embeddings.patch_embedding.weight": state["image.patch.weight"].view(width, 3, 32, 32),
        "vision_model.embeddings.position_embedding.weight": state["image.position"],
        "visual_projection.weight": state["image.project.weight"],
        "text_model.embeddings.token_embedding.weight": state["text.token.weight"],
        "text_model.embeddings.position_embedding.weight": state["text.position"],
        "text_projection.weight": state["text.project.weight"],
    }
    for part in ("weight", "bias"):
        out[f"vision_model.pre_layrnorm.{part}"] = state[f"image.norm_pre.{part}"]
        out[f"vision_model.post_layernorm.{part}"] = state[f"image.norm_post.{part}"]
        out[f"text_model.final_layer_norm.{part}"] = state[f"text.norm.{part}"]
    out |= tower_names(IMAGE["layers"], "image", "vision_model", state)
    out |= tower_names(TEXT["layers"], "text", "text_model", state)
    return {name: value.detach().half().contiguous() for name, value in out.items()}


def configuration(tokenizer: Tokenizer) -> dict:
    end, start = tokenizer.token_to_id("<|endoftext|>"), tokenizer.token_to_id("<|startoftext|>")
    shared = {"hidden_act": "quick_gelu", "layer_norm_eps": 1e-5, "attention_dropout": 0.0, "projection_dim": DIM}
    tower = lambda size: {"hidden_size": size["width"], "intermediate_size": 4 * size["width"],
                          "num_hidden_layers": size["layers"], "num_attention_heads": size["heads"]}
    return {
        "architectures": ["CLIPModel"], "model_type": "clip", "dtype": "float16", "projection_dim": DIM,
        "logit_scale_init_value": 2.6592,
        "text_config": {"model_type": "clip_text_model", **shared, **tower(TEXT), "max_position_embeddings": CONTEXT,
                        "vocab_size": tokenizer.get_vocab_size(), "bos_token_id": start, "eos_token_id": end, "pad_token_id": end},
        "vision_config": {"model_type": "clip_vision_model", **shared, **tower(IMAGE), "image_size": GRID * 32,
                          "patch_size": 32, "num_channels": 3},
    }


PREPROCESSOR = {
    "image_processor_type": "CLIPImageProcessor", "do_convert_rgb": True, "do_resize": True, "size": {"shortest_edge": 224},
    "resample": 3, "do_center_crop": True, "crop_size": {"height": 224, "width": 224}, "do_rescale": True,
    "rescale_factor": 0.00392156862745098, "do_normalize": True, "image_mean": list(MEAN), "image_std": list(STD),
}


def write_json(path: Path, value) -> None:
    path.write_text(json.dumps(value, indent=2) + "\n")


def check(folder: Path, state: dict, tokenizer: Tokenizer) -> None:
    """Compares CLIPModel loaded from the folder with the towers as trained."""
    from transformers import CLIPModel

    mine = Trainer(tokenizer.get_vocab_size()).eval()
    mine.load_state_dict(state)
    theirs = CLIPModel.from_pretrained(folder).float().eval()
    torch.manual_seed(0)
    pixels = torch.randn(4, 3, 224, 224)
    patches = pixels.unfold(2, 32, 32).unfold(3, 32, 32).permute(0, 2, 3, 1, 4, 5).reshape(4, GRID * GRID, -1)
    rows = [torch.tensor(tokenizer.encode(t).ids).numpy() for t in ("a red boat on the left", "a dark, cold sea")]
    with torch.no_grad():
        got = theirs.get_image_features(pixel_values=pixels)
        got = getattr(got, "pooler_output", got)
        picture = F.cosine_similarity(mine.image(patches)[0], got).min().item()
        words = []
        for row in rows:
            out = theirs.get_text_features(input_ids=torch.tensor(row[None].astype("int64")))
            words.append(F.cosine_similarity(mine.text(*pad([row])), getattr(out, "pooler_output", out)).item())
    print(f"least cosine with CLIPModel: pictures {picture:.6f}, texts {min(words):.6f}")
    assert picture > 0.999 and min(words) > 0.999


def main() -> None:
    work, name, folder = Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3])
    saved = torch.load(work / f"{name}.pt")
    tokenizer = Tokenizer.from_file(str(work / "tokenizer.json"))
    folder.mkdir(parents=True, exist_ok=True)
    save_file(hugging_face_state(saved["trainer"]), folder / "model.safetensors", metadata={"format": "pt"})
    (folder / "model.safetensors").chmod(0o644)
    write_json(folder / "config.json", configuration(tokenizer))
    write_json(folder / "preprocessor_config.json", PREPROCESSOR)
    for file in ("tokenizer.json", "tokenizer_config.json"):
        shutil.copy(work / file, folder / file)
    check(folder, saved["trainer"], tokenizer)
    print(f"step {saved['step']}, {sum(f.stat().st_size for f in folder.rglob('*') if f.is_file())} bytes")


if __name__ == "__main__":
    main()
