"""Makes the goldens of the true CLIP ViT-B/32 shape, from seeded weights (seeded_clip.py), so that no checkpoint is kept.

    python tests/reference/make_seeded_goldens.py

Needs: torch, transformers, peft, pillow, safetensors, numpy. Writes tests/reference/goldens/, which is committed.
"""

import hashlib
import json
from pathlib import Path

from seeded_clip import seeded_tensor

GOLDENS = Path(__file__).resolve().parent / "goldens"
SEED = 1

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


if __name__ == "__main__":
    make_digests()
