"""Portable seeded weights: the same float32 values as tests/helpers/seeded-clip.ts for every tensor of any CLIP shape.

A value depends on the seed, the tensor's name and its index alone, so that a checkpoint of the true size need not be kept.
Integers are mixed with the 32-bit finaliser of MurmurHash3 (Appleby, public domain); four bytes of the result are added
up, which is close enough to a normal distribution; one multiplication rounds to float32.
"""

import math

import numpy as np
import torch
from peft import LoraConfig, PeftModel, get_peft_model
from transformers import CLIPConfig, CLIPModel

GOLDEN_RATIO = 0x9E3779B9
FNV_OFFSET, FNV_PRIME = 0x811C9DC5, 0x01000193
# Mean and deviation of the sum of four bytes.
BYTES_MEAN, BYTES_DEVIATION = 510, math.sqrt(4 * (256**2 - 1) / 12)
RANK, ALPHA = 16, 32

# Deviation of a linear map's outputs for inputs of deviation 1, by the last part of its name. q and k are wider, so that
# attention is not uniform.
LINEAR_GAINS = {
    "q_proj": 2.0, "k_proj": 2.0, "v_proj": 1.0, "out_proj": 0.8, "fc1": 1.3, "fc2": 1.3,
    "patch_embedding": 1.0, "visual_projection": 1.0, "text_projection": 1.0, "lora_A": 1.0,
}  # fmt: skip
EMBEDDING_DEVIATION = {"class_embedding": 0.3, "position_embedding": 0.3, "token_embedding": 1.0}
NORM_GAIN_DEVIATION, BIAS_DEVIATION = 0.2, 0.1
# As the factors B of PaintingCLIP.
LORA_UP_DEVIATION = 0.02


def mix(x: np.ndarray) -> np.ndarray:
    """The finaliser of MurmurHash3 on uint32."""
    x = x ^ (x >> np.uint32(16))
    x = x * np.uint32(0x85EBCA6B)
    x = x ^ (x >> np.uint32(13))
    x = x * np.uint32(0xC2B2AE35)
    return x ^ (x >> np.uint32(16))


def key_of(name: str, seed: int) -> int:
    """FNV-1a over the name, begun with the seed."""
    key = (FNV_OFFSET ^ seed) & 0xFFFFFFFF
    for byte in name.encode():
        key = ((key ^ byte) * FNV_PRIME) & 0xFFFFFFFF
    return key


def deviation(name: str, shape: tuple[int, ...]) -> tuple[float, float]:
    """Mean and deviation of a tensor's values."""
    parts = name.split(".")
    owner = parts[-2] if parts[-1] in ("weight", "bias") else parts[-1]
    if "norm" in owner or "layrnorm" in owner:
        return (1.0, NORM_GAIN_DEVIATION) if parts[-1] == "weight" else (0.0, BIAS_DEVIATION)
    if parts[-1] == "bias":
        return 0.0, BIAS_DEVIATION
    if owner in EMBEDDING_DEVIATION:
        return 0.0, EMBEDDING_DEVIATION[owner]
    if owner == "lora_B":
        return 0.0, LORA_UP_DEVIATION
    return 0.0, LINEAR_GAINS[owner] / math.sqrt(math.prod(shape[1:]))


def seeded_tensor(name: str, shape: tuple[int, ...], seed: int) -> np.ndarray:
    mean, spread = deviation(name, shape)
    index = np.arange(math.prod(shape), dtype=np.uint32)
    bits = mix(index * np.uint32(GOLDEN_RATIO) + np.uint32(key_of(name, seed)))
    total = sum((bits >> np.uint32(shift)) & np.uint32(255) for shift in (0, 8, 16, 24))
    centred = (total.astype(np.int32) - BYTES_MEAN).astype(np.float32)
    values = centred * np.float32(spread / BYTES_DEVIATION)
    return (values + np.float32(mean)).reshape(shape) if mean else values.reshape(shape)


def seeded_clip(config: CLIPConfig, seed: int) -> CLIPModel:
    """transformers' CLIPModel with seeded weights; logit_scale is left as it is, since nothing here needs it."""
    config._attn_implementation = "eager"
    clip = CLIPModel(config).eval()
    with torch.no_grad():
        for name, parameter in clip.named_parameters():
            if name != "logit_scale":
                parameter.copy_(torch.from_numpy(seeded_tensor(name, tuple(parameter.shape), seed)))
    return clip


def with_seeded_adapter(clip: CLIPModel, seed: int) -> PeftModel:
    """The model with a seeded LoRA adapter of its two projections, rank 16 and scale 2 as PaintingCLIP's."""
    lora = LoraConfig(r=RANK, lora_alpha=ALPHA, target_modules=["visual_projection", "text_projection"])
    adapted = get_peft_model(clip, lora)
    with torch.no_grad():
        for name, parameter in adapted.named_parameters():
            if "lora_" in name:
                # base_model.model.visual_projection.lora_A.default.weight
                layer, factor = name.split(".")[2:4]
                values = seeded_tensor(f"{layer}.{factor}.weight", tuple(parameter.shape), seed)
                parameter.copy_(torch.from_numpy(values))
    return adapted.eval()
