"""Makes the goldens that the product's own code is tested against, with the reference implementations:
transformers' CLIPModel, peft, and autograd for Grad-ECLIP. (Pillow's are made by make_pillow_goldens.py.)

    python tests/reference/make_goldens.py            # everything
    python tests/reference/make_goldens.py demo       # only what depends on data/demo-encoder

Needs: torch, transformers, peft, tokenizers, safetensors, numpy. Writes tests/reference/goldens/, which is committed, so
that neither the product nor its tests need Python.
"""

import hashlib
import json
import shutil
import sys
from pathlib import Path

import numpy as np
import peft
import torch
import transformers
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
from transformers import CLIPConfig, CLIPModel, PreTrainedTokenizerFast

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parent.parent
GOLDENS = HERE / "goldens"
TINY = GOLDENS / "tiny-clip"
DEMO = REPOSITORY / "data" / "demo-encoder"
VARIANTS = ("base", "adapted")


def formula_image(width: int, height: int, seed: int) -> np.ndarray:
    """The picture [height, width, 3] of tests/reference/formula-image.ts: slopes, fine grain, hard edges, a disc."""
    x, y = np.meshgrid(np.arange(width), np.arange(height))
    planes = []
    for channel in range(3):
        slope = x * (2 + channel) + y * (3 + 2 * channel) + seed * 37
        grain = (x * y) >> 4
        check = 64 * (((x >> 4) ^ (y >> 4)) & 1)
        plane = (slope + grain + check) & 255
        radius = min(width, height) // 4
        disc = (x - width // 2 - seed * 8) ** 2 + (y - height // 2) ** 2 < radius * radius
        planes.append(np.where(disc, (60 + 80 * channel + 40 * seed) & 255, plane))
    return np.stack(planes, axis=-1).astype(np.uint8)


# --- CLIP -------------------------------------------------------------------------------------------------------------


def pixels(rgb: np.ndarray, preprocessor: dict) -> torch.Tensor:
    """[1, 3, height, width], scaled by 1/255 and normalised."""
    mean = torch.tensor(preprocessor["image_mean"], dtype=torch.float64)
    std = torch.tensor(preprocessor["image_std"], dtype=torch.float64)
    scaled = torch.from_numpy(rgb.astype(np.float64)) / 255
    return ((scaled - mean) / std).permute(2, 0, 1)[None].float()


def unit(x: torch.Tensor) -> torch.Tensor:
    return x / x.norm(dim=-1, keepdim=True)


def embed_text(clip: CLIPModel, ids: list[int]) -> torch.Tensor:
    outputs = clip.text_model(input_ids=torch.tensor([ids]))
    return unit(clip.text_projection(outputs.pooler_output))[0]


class LastLayer:
    """What the last vision layer computed in CLIP's own forward: the attention output before out_proj, and q, k, v."""

    def __init__(self, clip: CLIPModel):
        self.seen: dict[str, torch.Tensor] = {}
        attention = clip.vision_model.encoder.layers[-1].self_attn
        self.hooks = [attention.out_proj.register_forward_pre_hook(self.keep_attended)]
        for name in ("q_proj", "k_proj", "v_proj"):
            self.hooks.append(getattr(attention, name).register_forward_hook(self.keep(name)))

    def keep_attended(self, _module, inputs):
        inputs[0].retain_grad()
        self.seen["attended"] = inputs[0]

    def keep(self, name):
        def hook(_module, _inputs, output):
            self.seen[name] = output

        return hook

    def remove(self):
        for hook in self.hooks:
            hook.remove()


def explain(clip: CLIPModel, image: torch.Tensor, text: torch.Tensor) -> dict[str, torch.Tensor]:
    """The three maps of one text, by autograd on CLIP's own multi-head forward.

    Grad-ECLIP (Zhao et al., ICML 2024): g is the gradient of the cosine with respect to the attention output at the class
    token; lambda the min-max over patches of cos(q_cls, k_i); v the raw values; no softmax factor.
    """
    last = LastLayer(clip)
    # peft freezes the weights; a picture that wants a gradient keeps the graph alive.
    image = image.detach().requires_grad_()
    try:
        pooled = clip.vision_model(pixel_values=image).pooler_output
        embedding = clip.visual_projection(pooled)[0]
        torch.nn.functional.cosine_similarity(embedding, text.detach(), dim=0).backward()
    finally:
        last.remove()
    with torch.no_grad():
        gradient = last.seen["attended"].grad[0, 0]
        query, keys = last.seen["q_proj"][0, 0], last.seen["k_proj"][0, 1:]
        values = last.seen["v_proj"][0, 1:]
        cosines = torch.nn.functional.cosine_similarity(query[None], keys, dim=1)
        weights = (cosines - cosines.min()) / (cosines.max() - cosines.min())
        slopes = values @ gradient
        layer = clip.vision_model.encoder.layers[-1]
        own = clip.vision_model.post_layernorm(layer.self_attn.out_proj(values))
        return {
            "grad-eclip": torch.relu(weights * slopes),
            "gradient": torch.relu(slopes),
            "value-path": torch.relu(unit(clip.visual_projection(own)) @ text),
        }


def embed_image(clip: CLIPModel, image: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    outputs = clip.vision_model(pixel_values=image)
    patches = clip.vision_model.post_layernorm(outputs.last_hidden_state[0, 1:])
    whole = unit(clip.visual_projection(outputs.pooler_output))[0]
    return whole, unit(clip.visual_projection(patches))


def make_clip_goldens(name: str, folder: Path, texts: list[str]) -> None:
    """Embeddings and maps of the model in `folder` with the adapter in `folder`/adapter, on two formula pictures."""
    preprocessor = json.loads((folder / "preprocessor_config.json").read_text())
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    token_ids = [tokenizer.encode(text).ids for text in texts]
    clip = CLIPModel.from_pretrained(folder, dtype=torch.float32, attn_implementation="eager").eval()
    size = clip.config.vision_config.image_size
    adapted = peft.PeftModel.from_pretrained(clip, folder / "adapter").eval()
    tensors: dict[str, torch.Tensor] = {}
    for variant in VARIANTS:
        if variant == "base":
            adapted.disable_adapter_layers()
        else:
            adapted.enable_adapter_layers()
        model = adapted.base_model.model
        with torch.no_grad():
            text_vectors = torch.stack([embed_text(model, ids) for ids in token_ids])
        tensors[f"texts.{variant}"] = text_vectors
        for seed in (0, 1):
            image = pixels(formula_image(size, size, seed), preprocessor)
            with torch.no_grad():
                whole, patches = embed_image(model, image)
            tensors[f"whole.{seed}.{variant}"] = whole
            # Patches are many: halves, whose rounding (5e-4 relative) is far below the tolerance of a cosine.
            tensors[f"patches.{seed}.{variant}"] = patches.half() if seed == 0 else patches[:3].half()
            maps = [explain(model, image, vector) for vector in text_vectors]
            for method in maps[0]:
                tensors[f"{method}.{seed}.{variant}"] = torch.stack([one[method] for one in maps])
    save_file({key: value.contiguous() for key, value in tensors.items()}, GOLDENS / f"{name}.safetensors")
    adapter = folder / "adapter" / "adapter_model.safetensors"
    meta = {
        "torch": torch.__version__,
        "transformers": transformers.__version__,
        "peft": peft.__version__,
        "weights": hashlib.sha256((folder / "model.safetensors").read_bytes()).hexdigest(),
        "adapter": hashlib.sha256(adapter.read_bytes()).hexdigest(),
        "texts": texts,
        "tokenIds": token_ids,
    }
    (GOLDENS / f"{name}.json").write_text(json.dumps(meta, indent=1) + "\n")


# --- a tiny random model ----------------------------------------------------------------------------------------------

TINY_WORDS = "a red blue boat house on the left right sea dark light with and sun moon".split()


def make_tiny_tokenizer() -> None:
    """Word by word, with start and end token; the end token has the highest id, as in CLIP."""
    vocabulary = {word: index for index, word in enumerate(["<unk>", *TINY_WORDS, "<start>", "<end>"])}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="<unk>"))
    tokenizer.normalizer = normalizers.Lowercase()
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<start> $A <end>",
        special_tokens=[(token, vocabulary[token]) for token in ("<start>", "<end>")],
    )
    fast = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, bos_token="<start>", eos_token="<end>", pad_token="<end>", unk_token="<unk>"
    )
    fast.save_pretrained(TINY)


def make_tiny_clip() -> None:
    """A random CLIP of odd shapes (dim, both widths and head counts differ), with a random adapter."""
    shutil.rmtree(TINY, ignore_errors=True)
    TINY.mkdir(parents=True)
    make_tiny_tokenizer()
    end = len(TINY_WORDS) + 2
    torch.manual_seed(20)
    config = CLIPConfig(
        projection_dim=48,
        vision_config={
            "hidden_size": 64, "intermediate_size": 96, "num_hidden_layers": 3, "num_attention_heads": 4,
            "image_size": 32, "patch_size": 8, "projection_dim": 48,
        },
        text_config={
            "hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 2,
            "vocab_size": end + 1, "max_position_embeddings": 16, "projection_dim": 48,
            "bos_token_id": end - 1, "eos_token_id": end, "pad_token_id": end,
        },
    )  # fmt: skip
    clip = CLIPModel(config)
    with torch.no_grad():
        # The usual start would leave attention uniform and every LayerNorm the identity: nothing to get wrong.
        for name, parameter in clip.named_parameters():
            if name == "logit_scale":
                continue
            if "norm" in name or "layrnorm" in name:
                parameter.copy_((1.0 if name.endswith("weight") else 0.0) + 0.3 * torch.randn_like(parameter))
            elif name.endswith("bias"):
                parameter.copy_(0.2 * torch.randn_like(parameter))
            elif parameter.dim() == 2 and "embedding" not in name:
                parameter.copy_(1.3 * torch.randn_like(parameter) / parameter.shape[1] ** 0.5)
            else:
                parameter.copy_(0.3 * torch.randn_like(parameter))
    clip = clip.half()
    clip.save_pretrained(TINY)
    preprocessor = {
        "do_resize": True, "size": {"shortest_edge": 32}, "resample": 3,
        "do_center_crop": True, "crop_size": {"height": 32, "width": 32},
        "do_rescale": True, "rescale_factor": 1 / 255,
        "do_normalize": True, "image_mean": [0.48, 0.46, 0.41], "image_std": [0.27, 0.26, 0.28],
        "image_processor_type": "CLIPImageProcessor",
    }  # fmt: skip
    (TINY / "preprocessor_config.json").write_text(json.dumps(preprocessor, indent=1) + "\n")
    lora = peft.LoraConfig(r=4, lora_alpha=8, target_modules=["visual_projection", "text_projection"])
    adapted = peft.get_peft_model(clip.float(), lora)
    with torch.no_grad():
        for name, parameter in adapted.named_parameters():
            if "lora_" in name:
                parameter.copy_(0.15 * torch.randn_like(parameter))
    adapted.save_pretrained(TINY / "adapter")
    (TINY / "adapter" / "README.md").unlink(missing_ok=True)
    adapter_config = json.loads((TINY / "adapter" / "adapter_config.json").read_text())
    adapter_config["base_model_name_or_path"] = None
    # peft keeps these in a set, whose order differs from run to run.
    adapter_config["target_modules"] = sorted(adapter_config["target_modules"])
    (TINY / "adapter" / "adapter_config.json").write_text(json.dumps(adapter_config, indent=1) + "\n")


def main() -> None:
    wanted = sys.argv[1:] or ["tiny", "demo"]
    torch.set_num_threads(1)
    GOLDENS.mkdir(exist_ok=True)
    if "tiny" in wanted:
        make_tiny_clip()
        make_clip_goldens("tiny-clip", TINY, ["a red boat", "the dark sea with a moon", "sun", "blue house on the left"])
    if "demo" in wanted:
        make_clip_goldens(
            "demo-encoder",
            DEMO,
            ["a red boat on the left", "a dark cold landscape", "a blue house and a tree", "the moon above the sea"],
        )
    for path in sorted(GOLDENS.rglob("*.*")):
        path.chmod(0o644)
        print(f"{str(path.relative_to(GOLDENS)):50} {path.stat().st_size:8}")


if __name__ == "__main__":
    main()
