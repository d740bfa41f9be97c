"""Makes tests/reference/goldens/pillow-crops.json: what Pillow makes of formula pictures, as hashes of pixels.

The pictures are drawn from a formula that tests/core/image/formula-picture.ts repeats, so that no picture is stored.
The framing is that of Hugging Face's CLIPImageProcessor: shortest edge to 224 with the longer one truncated, bicubic,
centre crop with floor offsets.

    python tests/reference/make_pillow_goldens.py
"""

import hashlib
import json
from pathlib import Path

import numpy as np
import PIL
from PIL import Image

SIZE = 224
# Square, wide, tall, 2:1, smaller than the model's input, exactly it, one pixel off, odd and prime sides, large, thin.
SIZES = [
    (640, 480), (480, 640), (600, 300), (300, 261), (100, 80), (224, 224), (225, 224), (224, 337),
    (683, 1001), (997, 991), (37, 41), (2048, 1365), (3000, 120), (16, 900), (449, 448),
]


def formula_picture(width: int, height: int) -> np.ndarray:
    """Noise from integer arithmetic, over edges and a slope: hard for a resampler, and equal in every language."""
    y, x = np.mgrid[0:height, 0:width].astype(np.int64)
    noise = (x * 7919 + y * 104729 + x * y * 31) % 64
    checks = ((x >> 4) + (y >> 4)) % 2 * 90
    picture = np.stack(
        [
            noise + checks + x * 100 // width,
            (noise * 3 + y * 2) % 256,
            checks + 255 - noise - y * 90 // height,
        ],
        axis=-1,
    )
    return np.clip(picture, 0, 255).astype(np.uint8)


def crop_for_model(picture: Image.Image) -> Image.Image:
    width, height = picture.size
    if width <= height:
        resized = picture.resize((SIZE, int(SIZE * height / width)), Image.Resampling.BICUBIC)
    else:
        resized = picture.resize((int(SIZE * width / height), SIZE), Image.Resampling.BICUBIC)
    left = (resized.width - SIZE) // 2
    top = (resized.height - SIZE) // 2
    return resized.crop((left, top, left + SIZE, top + SIZE))


def sha256(pixels: bytes) -> str:
    return hashlib.sha256(pixels).hexdigest()


crops = []
for width, height in SIZES:
    source = formula_picture(width, height)
    crop = crop_for_model(Image.fromarray(source))
    crops.append({
        "width": width,
        "height": height,
        "source": sha256(source.tobytes()),
        "crop": sha256(crop.tobytes()),
    })

path = Path(__file__).parent / "goldens" / "pillow-crops.json"
path.parent.mkdir(exist_ok=True)
path.write_text(json.dumps({"pillow": PIL.__version__, "size": SIZE, "crops": crops}, indent=1) + "\n")
print(f"{path}: {len(crops)} crops by Pillow {PIL.__version__}")
