"""Makes tests/reference/goldens/views-*.safetensors: what the reference implementations make of a picture that is seen in
another way than at its centre. Pillow cuts, resizes and pads; transformers embeds each square, with
`interpolate_pos_encoding=True` where it is finer; numpy merges. Nothing of the product's own code takes part.

    python tests/reference/make_view_goldens.py

Needs what make_goldens.py needs, and Pillow. Run that one first: it makes the tiny model.
"""

import json
import sys
from functools import partial
from pathlib import Path

import numpy as np
import peft
import torch
from PIL import Image
from safetensors.torch import load_file, save_file
from transformers import CLIPModel

sys.path.insert(0, str(Path(__file__).resolve().parent))
from make_goldens import DEMO, GOLDENS, TINY, VARIANTS, embed_image, explain, pixels  # noqa: E402

METHODS = ("grad-eclip", "gradient", "value-path")
BICUBIC = Image.Resampling.BICUBIC
# Every so many-th cell is stored, in halves: whole grids would be large and prove no more.
CELL_STEP = 7


def formula_picture(width: int, height: int) -> np.ndarray:
    """The picture of tests/core/image/formula-picture.ts."""
    y, x = np.mgrid[0:height, 0:width].astype(np.int64)
    noise = (x * 7919 + y * 104729 + x * y * 31) % 64
    checks = ((x >> 4) + (y >> 4)) % 2 * 90
    picture = np.stack(
        [noise + checks + x * 100 // width, (noise * 3 + y * 2) % 256, checks + 255 - noise - y * 90 // height], axis=-1
    )
    return np.clip(picture, 0, 255).astype(np.uint8)


class Square:
    """One input of the model, and where each of its patches lies in the picture: x0, y0, x1, y1, cut at the border."""

    def __init__(self, image: Image.Image, boxes: list[tuple[float, float, float, float] | None]):
        self.image = image
        self.boxes = boxes


def patch_boxes(grid, field, limits):
    """Row-major boxes of the patches of a square that covers `field`; None where a patch lies outside of `limits`."""
    boxes = []
    for row in range(grid):
        for column in range(grid):
            x0, x1 = (field[0] + (field[2] - field[0]) * (column + k) / grid for k in (0, 1))
            y0, y1 = (field[1] + (field[3] - field[1]) * (row + k) / grid for k in (0, 1))
            box = (max(x0, limits[0]), max(y0, limits[1]), min(x1, limits[2]), min(y1, limits[3]))
            boxes.append(box if box[2] - box[0] > 1e-9 and box[3] - box[1] > 1e-9 else None)
    return boxes


def centre(picture: Image.Image, size: int, grid: int) -> Square:
    width, height = picture.size
    if width <= height:
        resized = picture.resize((size, int(size * height / width)), BICUBIC)
    else:
        resized = picture.resize((int(size * width / height), size), BICUBIC)
    left, top = (resized.width - size) // 2, (resized.height - size) // 2
    sx, sy = width / resized.width, height / resized.height
    field = (left * sx, top * sy, (left + size) * sx, (top + size) * sy)
    return Square(resized.crop((left, top, left + size, top + size)), patch_boxes(grid, field, field))


def letterbox(picture: Image.Image, size: int, grid: int, mean: list[float], at=(0, 0)) -> Square:
    """All of `picture`, which lies at `at` in the source, in a square of the mean colour."""
    width, height = picture.size
    longer = max(width, height)
    w, h = max(1, round(size * width / longer)), max(1, round(size * height / longer))
    image = Image.new("RGB", (size, size), tuple(round(value * 255) for value in mean))
    left, top = (size - w) // 2, (size - h) // 2
    image.paste(picture.resize((w, h), BICUBIC), (left, top))
    sx, sy = width / w, height / h
    x, y = at[0] - left * sx, at[1] - top * sy
    limits = (at[0], at[1], at[0] + width, at[1] + height)
    return Square(image, patch_boxes(grid, (x, y, x + size * sx, y + size * sy), limits))


def tiles(picture: Image.Image, size: int, grid: int, mean: list[float]) -> list[Square]:
    """Squares of the shorter edge that overlap by half at least, along the longer one."""
    width, height = picture.size
    side, longer = min(picture.size), max(picture.size)
    count = 1 + int(np.ceil(2 * (longer - side) / side))
    squares = []
    for index in range(count):
        start = int(np.floor(index * (longer - side) / max(1, count - 1) + 0.5))
        at = (start, 0) if width >= height else (0, start)
        part = picture.crop((at[0], at[1], at[0] + side, at[1] + side))
        squares.append(letterbox(part, size, grid, mean, at))
    return squares


def lattice(picture: Image.Image, side: float, grid: int):
    """Cells of one patch's size over the whole picture, as many as fit best."""
    width, height = picture.size
    columns, rows = (max(1, round(length / (side / grid))) for length in (width, height))
    return [
        (width * c / columns, height * r / rows, width * (c + 1) / columns, height * (r + 1) / rows)
        for r in range(rows)
        for c in range(columns)
    ]


def merge(cells, squares: list[Square], values: list[np.ndarray]) -> np.ndarray:
    """Mean of the squares' patch values over each cell, weighted by the area that they share."""
    merged = []
    for x0, y0, x1, y1 in cells:
        total, area = 0, 0.0
        for square, rows in zip(squares, values, strict=True):
            for box, value in zip(square.boxes, rows, strict=True):
                if box is None:
                    continue
                shared = max(0.0, min(x1, box[2]) - max(x0, box[0])) * max(0.0, min(y1, box[3]) - max(y0, box[1]))
                if shared > 1e-9:
                    total, area = total + shared * value.astype(np.float64), area + shared
        merged.append(total / area)
    return np.stack(merged)


def unit(rows: np.ndarray) -> np.ndarray:
    return rows / np.linalg.norm(rows, axis=-1, keepdims=True)


def run(model, squares: list[Square], cells, preprocessor: dict, finer: bool, texts: torch.Tensor):
    """Whole vector, cell vectors and maps of a view."""
    vision = model.vision_model
    if finer:
        vision.forward = partial(type(vision).forward, vision, interpolate_pos_encoding=True)
    try:
        wholes, patches, maps = [], [], {method: [] for method in METHODS}
        for square in squares:
            image = pixels(np.asarray(square.image), preprocessor)
            with torch.no_grad():
                whole, own = embed_image(model, image)
            wholes.append(whole.numpy())
            patches.append(own.numpy())
            explained = [explain(model, image, text) for text in texts]
            for method in METHODS:
                maps[method].append(torch.stack([one[method] for one in explained]).numpy())
        whole = unit(np.mean(np.stack(wholes).astype(np.float64), axis=0))
        if cells is None:  # one square: its own patches, but for those that hold nothing of the picture
            shown = [index for index, box in enumerate(squares[0].boxes) if box is not None]
            return whole, patches[0][shown], {method: maps[method][0][:, shown] for method in METHODS}
        merged = unit(merge(cells, squares, patches))
        return whole, merged, {
            method: np.stack([merge(cells, squares, [one[k] for one in maps[method]]) for k in range(len(texts))])
            for method in METHODS
        }
    finally:
        if finer:
            del vision.forward


def make(name: str, folder: Path, width: int, height: int, rect: tuple[int, int, int, int]) -> None:
    preprocessor = json.loads((folder / "preprocessor_config.json").read_text())
    mean = preprocessor["image_mean"]
    clip = CLIPModel.from_pretrained(folder, dtype=torch.float32, attn_implementation="eager").eval()
    config = clip.config.vision_config
    size, grid = config.image_size, config.image_size // config.patch_size
    adapted = peft.PeftModel.from_pretrained(clip, folder / "adapter").eval()
    model = adapted.base_model.model
    known = load_file(GOLDENS / f"{name}.safetensors")
    picture = Image.fromarray(formula_picture(width, height))
    side = min(width, height)
    x, y, square_width, square_height = rect
    part = picture.crop((x, y, x + square_width, y + square_height))
    views = {
        "finer": ([centre(picture, 2 * size, 2 * grid)], None, True),
        "whole": ([letterbox(picture, size, grid, mean)], None, False),
        "tiles": (tiles(picture, size, grid, mean), lattice(picture, side, grid), False),
        "region": ([letterbox(part, size, grid, mean, (x, y))], None, False),
    }
    if name == "tiny-clip":
        views["finer-tiles"] = (tiles(picture, 2 * size, 2 * grid, mean), lattice(picture, side, 2 * grid), True)
    stored: dict[str, torch.Tensor] = {}
    for variant in VARIANTS:
        (adapted.disable_adapter_layers if variant == "base" else adapted.enable_adapter_layers)()
        texts = known[f"texts.{variant}"][:2]
        for view, (squares, cells, finer) in views.items():
            whole, patches, maps = run(model, squares, cells, preprocessor, finer, texts)
            stored[f"{view}.whole.{variant}"] = torch.from_numpy(whole).float()
            stored[f"{view}.cells.{variant}"] = torch.from_numpy(patches[::CELL_STEP].copy()).half()
            for method in METHODS:
                stored[f"{view}.{method}.{variant}"] = torch.from_numpy(maps[method]).float()
    meta = {"width": str(width), "height": str(height), "rect": json.dumps(rect), "cellStep": str(CELL_STEP)}
    path = GOLDENS / f"views-{name}.safetensors"
    save_file({key: value.contiguous() for key, value in stored.items()}, path, meta)
    path.chmod(0o644)
    print(path.name, path.stat().st_size, {view: len(squares) for view, (squares, _, _) in views.items()})


if __name__ == "__main__":
    torch.set_num_threads(1)
    # Sides that divide nothing; the regions are the whole pixels of the square around a marked part.
    make("tiny-clip", TINY, 83, 45, (20, 3, 31, 31))
    make("demo-encoder", DEMO, 301, 171, (90, 20, 111, 111))
