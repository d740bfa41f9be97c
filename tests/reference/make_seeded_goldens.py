"""Makes the goldens of the true CLIP ViT-B/32 shape, from seeded weights (seeded_clip.py), so that no checkpoint is kept.

    npm install && python tests/reference/make_seeded_goldens.py [PaintingClip folder]

Needs: torch, transformers, peft, pillow, safetensors, numpy. Writes tests/reference/goldens/, which is committed:

seeded-tensors.json      hashes of a tensor of every kind
seeded-clip.*            all of CLIP ViT-B/32's shape: the model alone, and with a seeded adapter
seeded-clip-painting.*   the same model with the adapter of PaintingCLIP, where its folder is there
seeded-two-layers.*      a tower of two layers of the true width, for software GPUs
"""

import hashlib
import json
import sys
from pathlib import Path

import numpy as np
import peft
import PIL
import torch
import transformers
from make_goldens import embed_image, embed_text, explain, formula_image, pixels
from make_tokenizer_goldens import CONTEXT, clip_tokenizer, kept
from PIL import Image
from safetensors.torch import save_file
from seeded_clip import seeded_clip, seeded_tensor, with_seeded_adapter
from transformers import CLIPConfig

HERE = Path(__file__).resolve().parent
GOLDENS = HERE / "goldens"
PAINTING_CLIP = HERE.parent.parent.parent / "shared" / "artefact-sample" / "PaintingClip"
SEED = 1
SIZE = 224
# Times the seeded weights of q and k: as they are, attention is sharper than in a trained tower (entropy 1.5 to 2.3 nats
# over 50 tokens), and twelve layers enlarge every rounding error.
SOFTENING = np.float32(0.75)
# Width, height and seed of the formula pictures; one is as large as the model's input, the others go through Pillow.
PICTURES = [(224, 224, 0), (640, 397, 1), (301, 450, 2)]
TEXTS = [
    "a painting of a harbour by moonlight",
    "Judith Leyster's self-portrait, c. 1630 🎨",
    "chiaroscuro",
    "In the middle of the composition a woman in a yellow bodice pours milk, and the light from the window on the left falls "
    "on the bread, the basket and the wall behind her, whose nails, stains and holes the painter has not left out; " * 2,
]
PREPROCESSOR = {
    "image_mean": [0.48145466, 0.4578275, 0.40821073],
    "image_std": [0.26862954, 0.26130258, 0.27577711],
}

# One tensor of every kind, of the true size.
DIGESTED = {
    "vision_model.embeddings.class_embedding": (768,),
    "vision_model.embeddings.patch_embedding.weight": (768, 3, 32, 32),
    "vision_model.embeddings.position_embedding.weight": (50, 768),
    "vision_model.pre_layrnorm.weight": (768,),
    "vision_model.encoder.layers.11.self_attn.q_proj.weight": (768, 768),
    "vision_model.encoder.layers.11.self_attn.q_proj.bias": (768,),
    "vision_model.encoder.layers.11.layer_norm2.bias": (768,),
    "vision_model.encoder.layers.11.mlp.fc2.weight": (768, 3072),
    "text_model.embeddings.token_embedding.weight": (49408, 512),
    "text_projection.weight": (512, 512),
    "visual_projection.lora_A.weight": (16, 768),
    "visual_projection.lora_B.weight": (512, 16),
}


def make_digests() -> None:
    digests = [
        {
            "name": name,
            "shape": shape,
            "sha256": hashlib.sha256(seeded_tensor(name, shape, SEED).tobytes()).hexdigest(),
        }
        for name, shape in DIGESTED.items()
    ]
    content = {"seed": SEED, "tensors": digests}
    (GOLDENS / "seeded-tensors.json").write_text(json.dumps(content, indent=1) + "\n")


def crop(rgb: np.ndarray) -> np.ndarray:
    """Shortest edge to 224 by Pillow's bicubic, the longer one truncated; centre crop, offsets rounded down."""
    picture = Image.fromarray(rgb)
    width, height = picture.size
    shorter = min(width, height)
    picture = picture.resize((SIZE * width // shorter, SIZE * height // shorter), Image.Resampling.BICUBIC)
    left, top = (picture.width - SIZE) // 2, (picture.height - SIZE) // 2
    return np.asarray(picture.crop((left, top, left + SIZE, top + SIZE)))


def golden_clip(config: CLIPConfig):
    clip = seeded_clip(config, SEED)
    with torch.no_grad():
        for name, parameter in clip.named_parameters():
            if name.endswith(("q_proj.weight", "k_proj.weight")):
                parameter.mul_(float(SOFTENING))
    return clip


def record(clip, variant: str, pictures: list[tuple[int, int, int]], token_ids: list[list[int]]) -> dict[str, torch.Tensor]:
    """Vectors and maps of one model. Patches and the last pictures' are halves or few, to keep the file small."""
    tensors = {}
    with torch.no_grad():
        texts = torch.stack([embed_text(clip, ids) for ids in token_ids])
    tensors[f"texts.{variant}"] = texts
    for index, (width, height, seed) in enumerate(pictures):
        image = pixels(crop(formula_image(width, height, seed)), PREPROCESSOR)
        with torch.no_grad():
            whole, patches = embed_image(clip, image)
        tensors[f"whole.{index}.{variant}"] = whole
        # Halves move a cosine by 4e-8. One picture keeps all of its patches.
        tensors[f"patches.{index}.{variant}"] = (patches if index == 0 else patches[::7]).half()
        maps = [explain(clip, image, vector) for vector in texts]
        for method in maps[0]:
            tensors[f"{method}.{index}.{variant}"] = torch.stack([one[method] for one in maps])
    return tensors


def check_not_degenerate(tensors: dict[str, torch.Tensor], variant: str) -> None:
    """Goldens of a tower that gives everything the same vector would prove nothing."""
    whole = torch.stack([tensors[key] for key in tensors if key.startswith("whole.") and key.endswith(variant)])
    cosines = whole @ whole.T
    patches = tensors[f"patches.0.{variant}"].float()
    maps = torch.cat([tensors[key] for key in tensors if key.startswith("grad-eclip") and key.endswith(variant)])
    spread = maps.max(dim=1).values / maps.mean(dim=1).clamp_min(1e-12)
    shown = (maps > 0).float().mean(dim=1)
    highest = cosines.triu(1).max().item()
    print(f"{variant}: pictures' cosines up to {highest:.3f}; patches' mean cosine {(patches @ patches.T).mean():.3f}; "
          f"cells with evidence {shown.min():.2f} to {shown.max():.2f}; maximum/mean {spread.min():.1f} to {spread.max():.1f}")  # fmt: skip
    assert highest < 0.95 and (maps.max(dim=1).values > 0).all()


def write(name: str, tensors: dict[str, torch.Tensor], meta: dict) -> None:
    save_file({key: value.contiguous() for key, value in tensors.items()}, GOLDENS / f"{name}.safetensors")
    versions = {"torch": torch.__version__, "transformers": transformers.__version__, "peft": peft.__version__, "pillow": PIL.__version__}  # fmt: skip
    (GOLDENS / f"{name}.json").write_text(json.dumps({**versions, "seed": SEED, **meta}, indent=1) + "\n")


def variants_of(clip, adapt, pictures, token_ids) -> dict[str, torch.Tensor]:
    tensors = record(clip, "base", pictures, token_ids)
    adapted = adapt(clip)
    tensors |= record(adapted.base_model.model, "adapted", pictures, token_ids)
    for variant in ("base", "adapted"):
        check_not_degenerate(tensors, variant)
    return tensors


def main() -> None:
    torch.set_num_threads(2)
    GOLDENS.mkdir(exist_ok=True)
    make_digests()
    tokenizer = clip_tokenizer()
    ids = [kept(tokenizer(text, truncation=True, max_length=CONTEXT).input_ids, tokenizer.eos_token_id) for text in TEXTS]
    print("tokens", [len(row) for row in ids])
    about = {"pictures": PICTURES, "texts": TEXTS, "tokenIds": ids}
    tensors = variants_of(golden_clip(CLIPConfig()), lambda clip: with_seeded_adapter(clip, SEED), PICTURES, ids)
    write("seeded-clip", tensors, about)

    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else PAINTING_CLIP
    if (folder / "adapter_model.safetensors").exists():
        clip = golden_clip(CLIPConfig())
        adapted = peft.PeftModel.from_pretrained(clip, folder).eval()
        tensors = record(adapted.base_model.model, "adapted", PICTURES, ids)
        check_not_degenerate(tensors, "adapted")
        digest = hashlib.sha256((folder / "adapter_model.safetensors").read_bytes()).hexdigest()
        write("seeded-clip-painting", tensors, {**about, "adapter": digest})

    config = CLIPConfig(vision_config={"num_hidden_layers": 2}, text_config={"num_hidden_layers": 2})
    tensors = variants_of(golden_clip(config), lambda clip: with_seeded_adapter(clip, SEED), PICTURES[:1], ids[:2])
    write("seeded-two-layers", tensors, {"pictures": PICTURES[:1], "texts": TEXTS[:2], "tokenIds": ids[:2]})


if __name__ == "__main__":
    main()
