"""The dual encoder as trained: CLIP's architecture, with the attention of a layer in one matrix product.

Parameter shapes follow Hugging Face's CLIPModel; `export.py` renames and splits them.
"""
import math

import torch
import torch.nn as nn
import torch.nn.functional as F

IMAGE = dict(width=160, layers=5, heads=5)
TEXT = dict(width=128, layers=3, heads=4)
DIM, PATCHES, PATCH_VALUES, CONTEXT = 512, 49, 3072, 77
GRID = 7


class _QuickGelu(torch.autograd.Function):
    """One saved tensor instead of several: the memory traffic is what costs on a CPU."""

    @staticmethod
    def forward(context, x):
        context.save_for_backward(x)
        return x * torch.sigmoid(x * 1.702)

    @staticmethod
    def backward(context, gradient):
        (x,) = context.saved_tensors
        gate = torch.sigmoid(x * 1.702)
        # gate · (1 + 1.702 x (1 − gate)), kept differentiable for the gradient of Grad-ECLIP
        return gradient * torch.addcmul(gate, x * gate, 1 - gate, value=1.702)


quick_gelu = _QuickGelu.apply


class Block(nn.Module):
    """A pre-norm transformer layer with quick-GELU."""

    def __init__(self, width: int, heads: int, causal: bool):
        super().__init__()
        self.width, self.heads, self.causal = width, heads, causal
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.up, self.down = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

    def mlp(self, x):
        return self.down(quick_gelu(self.up(self.norm2(x))))

    def forward(self, x):
        batch, length, width = x.shape
        q, k, v = self.qkv(self.norm1(x)).view(batch, length, 3, self.heads, width // self.heads).permute(2, 0, 3, 1, 4)
        scores = (q * (width // self.heads) ** -0.5) @ k.transpose(-1, -2)
        if self.causal:
            scores = scores + torch.full((length, length), -1e4, dtype=scores.dtype).triu(1)
        mixed = scores.softmax(-1).to(v.dtype) @ v
        x = x + self.out(mixed.transpose(1, 2).reshape(batch, length, width))
        return x + self.mlp(x)

    def parts(self, x):
        """What CLS needs of the last layer: attention output before `out` (batch, width), q of CLS, k and v of all tokens."""
        batch, length, width = x.shape
        size = width // self.heads
        q, k, v = self.qkv(self.norm1(x)).float().split(width, -1)
        heads = lambda t: t.reshape(batch, -1, self.heads, size).transpose(1, 2)
        weights = (heads(q[:, :1]) * size**-0.5 @ heads(k).transpose(-1, -2)).softmax(-1)
        return (weights @ heads(v)).float().transpose(1, 2).reshape(batch, width), q[:, 0], k, v


class ImageTower(nn.Module):
    """Patches (batch, 49, 3072) normalised, to embeddings (batch, 512) before length normalisation."""

    def __init__(self):
        super().__init__()
        width = IMAGE["width"]
        self.patch = nn.Linear(PATCH_VALUES, width, bias=False)
        self.cls = nn.Parameter(torch.randn(width) * 0.5)
        self.position = nn.Parameter(position_table(width))
        self.norm_pre, self.norm_post = nn.LayerNorm(width), nn.LayerNorm(width)
        self.blocks = nn.ModuleList(Block(width, IMAGE["heads"], False) for _ in range(IMAGE["layers"]))
        self.project = nn.Linear(width, DIM, bias=False)

    def trunk(self, patches):
        embedded = self.patch(patches).float()
        x = torch.cat([self.cls.expand(len(embedded), 1, -1), embedded], 1) + self.position
        x = self.norm_pre(x)
        for block in self.blocks[:-1]:
            x = block(x)
        return x

    def head(self, cls, attended):
        last = self.blocks[-1]
        y = cls + last.out(attended)
        return self.project(self.norm_post(y + last.mlp(y)))

    def forward(self, patches):
        """Embedding and the pieces for the maps: (embedding, (cls, attended, q_cls, k, v))."""
        x = self.trunk(patches)
        attended, q, k, v = self.blocks[-1].parts(x)
        cls = x[:, 0].float()
        return self.head(cls, attended), (cls, attended, q, k, v)

    def with_tokens(self, patches):
        """Like `forward`, and the projected patch tokens of the last layer (batch, 49, 512), which answer for single cells."""
        x = self.trunk(patches)
        attended, q, k, v = self.blocks[-1].parts(x)
        cls = x[:, 0].float()
        tokens = self.project(self.norm_post(self.blocks[-1](x)[:, 1:].float()))
        return self.head(cls, attended), (cls, attended, q, k, v), tokens

    def value_path(self, v):
        """Patch embeddings without attention (batch, 49, 512): projection of the normed output of the raw values."""
        return self.project(self.norm_post(self.blocks[-1].out(v[:, 1:]).float()))


class TextTower(nn.Module):
    """Token ids (batch, length), with the index of end-of-text, to embeddings (batch, 512)."""

    def __init__(self, vocabulary: int):
        super().__init__()
        width = TEXT["width"]
        self.token = nn.Embedding(vocabulary, width)
        self.position = nn.Parameter(torch.randn(CONTEXT, width) * 0.02)
        nn.init.normal_(self.token.weight, std=0.04)
        self.blocks = nn.ModuleList(Block(width, TEXT["heads"], True) for _ in range(TEXT["layers"]))
        self.norm = nn.LayerNorm(width)
        self.project = nn.Linear(width, DIM, bias=False)

    def forward(self, ids, end):
        x = self.token(ids) + self.position[: ids.shape[1]]
        for block in self.blocks:
            x = block(x)
        return self.project(self.norm(x[torch.arange(len(x)), end]))


def position_table(width: int) -> torch.Tensor:
    """2-D sines and cosines, with standard deviation 0.5 like the patch embedding, so that neither drowns the other."""
    quarter = width // 4
    wave = 1 / (30 ** (torch.arange(quarter) / quarter))
    rows, columns = torch.meshgrid(torch.arange(GRID), torch.arange(GRID), indexing="ij")
    angles = [axis.reshape(-1, 1).float() * wave for axis in (rows, columns)]
    table = torch.cat([f(a) for a in angles for f in (torch.sin, torch.cos)], 1)
    table = table / table.std() * 0.5
    return torch.cat([torch.randn(1, width) * 0.02, table])


def initialise(module: nn.Module, layers: int) -> None:
    for name, p in module.named_parameters():
        if p.dim() != 2 or "token" in name or "position" in name:
            continue
        fan = p.shape[1]
        if name.endswith(("out.weight", "down.weight")):
            nn.init.normal_(p, std=fan**-0.5 * (2 * layers) ** -0.5)
        elif name.endswith("up.weight"):
            nn.init.normal_(p, std=(2 * fan) ** -0.5)
        else:
            nn.init.normal_(p, std=fan**-0.5)


def scale_patch_embedding(tower: ImageTower, patches: torch.Tensor, target: float = 0.5) -> None:
    """Scales the patch weights so that their output on real patches has the standard deviation of the positions."""
    with torch.no_grad():
        tower.patch.weight.mul_(target / tower.patch(patches).std())


def grad_eclip(tower: ImageTower, parts, text: torch.Tensor, create_graph: bool = False):
    """Grad-ECLIP (Zhao et al., ICML 2024) of the last layer: λ·(g·v), λ alone, g·v alone, each (batch, 49).

    g is the gradient of the cosine by the attention output at CLS before `out`; v, q, k are raw projections after
    norm1; λ is the min–max over patches of cos(q_cls, k). The map is ReLU of the first.
    """
    cls, attended, q, k, v = parts
    with torch.enable_grad():
        if not create_graph:
            attended = attended.detach().requires_grad_()
        score = F.cosine_similarity(tower.head(cls, attended).float(), text, dim=-1).sum()
        (g,) = torch.autograd.grad(score, attended, create_graph=create_graph)
    plain = (g.float()[:, None] * v[:, 1:]).sum(-1)
    near = F.cosine_similarity(q[:, None], k[:, 1:], dim=-1)
    low, high = near.amin(1, keepdim=True), near.amax(1, keepdim=True)
    weight = (near - low) / (high - low + 1e-6)
    return weight * plain, near, plain
