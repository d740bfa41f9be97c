"""Writes a tiny CLIP as open_clip saves it, with seeded weights in half precision, for the tests of that reader.

  pip install open_clip_torch && python tests/reference/open-clip/export_open_clip.py

The mapping of names is checked here by arithmetic: open_clip's pictures and texts must come out as transformers' do.
"""

import copy
import json
import sys
from pathlib import Path

import torch
from open_clip.model import CLIP, CLIPTextCfg, CLIPVisionCfg
from safetensors.torch import save_file
from transformers import CLIPConfig, CLIPModel

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))
from seeded_clip import seeded_tensor  # noqa: E402

SEED = 1
# Heads of 64, as open_clip assumes.
MODEL = {
    "embed_dim": 24,
    "quick_gelu": True,
    "vision_cfg": {"image_size": 32, "layers": 2, "width": 64, "patch_size": 8, "mlp_ratio": 0.5},
    "text_cfg": {"context_length": 12, "vocab_size": 50, "width": 64, "heads": 1, "layers": 1, "mlp_ratio": 0.25},
}
PREPROCESS = {
    "mean": [0.48145466, 0.4578275, 0.40821073],
    "std": [0.26862954, 0.26130258, 0.27577711],
    "interpolation": "bicubic",
    "resize_mode": "shortest",
}
TRANSFORMERS = {
    "projection_dim": 24,
    "vision_config": {
        "hidden_size": 64, "intermediate_size": 32, "num_hidden_layers": 2, "num_attention_heads": 1,
        "image_size": 32, "patch_size": 8,
    },
    "text_config": {
        "hidden_size": 64, "intermediate_size": 16, "num_hidden_layers": 1, "num_attention_heads": 1,
        "vocab_size": 50, "max_position_embeddings": 12, "eos_token_id": 49, "bos_token_id": 48,
    },
}  # fmt: skip

clip = CLIPModel(CLIPConfig(**copy.deepcopy(TRANSFORMERS))).eval()
with torch.no_grad():
    for name, parameter in clip.named_parameters():
        if name != "logit_scale":
            values = torch.from_numpy(seeded_tensor(name, tuple(parameter.shape), SEED))
            parameter.copy_(values.half().float())
theirs = dict(clip.named_parameters())


def block(source: str, target: str) -> dict:
    packed = lambda kind: torch.cat([theirs[f"{source}.self_attn.{part}_proj.{kind}"] for part in "qkv"])  # noqa: E731
    tensors = {f"{target}.attn.in_proj_weight": packed("weight"), f"{target}.attn.in_proj_bias": packed("bias")}
    pairs = {
        "ln_1": "layer_norm1", "ln_2": "layer_norm2", "attn.out_proj": "self_attn.out_proj",
        "mlp.c_fc": "mlp.fc1", "mlp.c_proj": "mlp.fc2",
    }  # fmt: skip
    for theirs_name, ours in pairs.items():
        for kind in ("weight", "bias"):
            tensors[f"{target}.{theirs_name}.{kind}"] = theirs[f"{source}.{ours}.{kind}"]
    return tensors


state = {
    "visual.class_embedding": theirs["vision_model.embeddings.class_embedding"],
    "visual.conv1.weight": theirs["vision_model.embeddings.patch_embedding.weight"],
    "visual.positional_embedding": theirs["vision_model.embeddings.position_embedding.weight"],
    "visual.proj": theirs["visual_projection.weight"].T,
    "token_embedding.weight": theirs["text_model.embeddings.token_embedding.weight"],
    "positional_embedding": theirs["text_model.embeddings.position_embedding.weight"],
    "text_projection": theirs["text_projection.weight"].T,
    "logit_scale": theirs["logit_scale"],
}
for source, target in (
    ("vision_model.pre_layrnorm", "visual.ln_pre"),
    ("vision_model.post_layernorm", "visual.ln_post"),
    ("text_model.final_layer_norm", "ln_final"),
):
    for kind in ("weight", "bias"):
        state[f"{target}.{kind}"] = theirs[f"{source}.{kind}"]
for layer in range(2):
    state |= block(f"vision_model.encoder.layers.{layer}", f"visual.transformer.resblocks.{layer}")
state |= block("text_model.encoder.layers.0", "transformer.resblocks.0")

model = CLIP(
    MODEL["embed_dim"], CLIPVisionCfg(**MODEL["vision_cfg"]), CLIPTextCfg(**MODEL["text_cfg"]), quick_gelu=True
).eval()
missing, unexpected = model.load_state_dict({name: tensor.detach() for name, tensor in state.items()}, strict=False)
assert not unexpected and set(missing) <= {"attn_mask"}, (missing, unexpected)

torch.manual_seed(0)
picture = torch.randn(2, 3, 32, 32)
tokens = torch.tensor([[48, 3, 7, 49, 0, 0, 0, 0, 0, 0, 0, 0], [48, 5, 6, 7, 8, 9, 49, 0, 0, 0, 0, 0]])
with torch.no_grad():
    image = clip.visual_projection(clip.vision_model(picture).pooler_output)
    text = clip.text_projection(clip.text_model(tokens).pooler_output)
    torch.testing.assert_close(model.encode_image(picture), image, rtol=1e-4, atol=1e-4)
    torch.testing.assert_close(model.encode_text(tokens), text, rtol=1e-4, atol=1e-4)

halves = {name: tensor.detach().half().contiguous() for name, tensor in model.state_dict().items()}
save_file(halves, HERE / "open_clip_model.safetensors")
config = {"model_cfg": MODEL, "preprocess_cfg": PREPROCESS}
(HERE / "open_clip_config.json").write_text(json.dumps(config, indent=2) + "\n")
