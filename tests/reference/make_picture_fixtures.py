"""Makes tests/fixtures/pictures/: small pictures of the kinds that a browser's canvas cannot write.

    python tests/reference/make_picture_fixtures.py
"""

import hashlib
import json
from pathlib import Path

import numpy as np
from PIL import Image

FOLDER = Path(__file__).parent.parent / "fixtures" / "pictures"
SIZE = 64
RED, GREEN, BLUE = (200, 30, 40), (30, 160, 60), (40, 60, 200)


def quarters(width: int = SIZE, height: int = SIZE) -> Image.Image:
    """Red at the upper left, green at the upper right, blue below."""
    picture = Image.new("RGB", (width, height), BLUE)
    picture.paste(RED, (0, 0, width // 2, height // 2))
    picture.paste(GREEN, (width // 2, 0, width, height // 2))
    return picture


def slope(width: int, height: int) -> Image.Image:
    y, x = np.mgrid[0:height, 0:width]
    wave = 40 * np.sin(x / 7) * np.cos(y / 5)
    picture = np.stack([x * 255 / width + wave, y * 255 / height - wave, 128 + wave], axis=-1)
    return Image.fromarray(np.clip(picture, 0, 255).astype(np.uint8))


def centre_crop(picture: Image.Image, size: int) -> Image.Image:
    width, height = picture.size
    resized = picture.resize(
        (size if width <= height else int(size * width / height),
         size if height <= width else int(size * height / width)),
        Image.Resampling.BICUBIC,
    )
    left, top = (resized.width - size) // 2, (resized.height - size) // 2
    return resized.crop((left, top, left + size, top + size))


FOLDER.mkdir(parents=True, exist_ok=True)
quarters().convert("CMYK").save(FOLDER / "cmyk.jpg", quality=95)
quarters().convert("L").save(FOLDER / "grey.jpg", quality=95)
quarters().save(FOLDER / "progressive.jpg", quality=95, progressive=True)
for orientation in (1, 3, 6, 8):
    exif = Image.Exif()
    exif[274] = orientation
    quarters(96, 64).save(FOLDER / f"exif-{orientation}.jpg", quality=95, exif=exif)
frames = [Image.new("RGB", (SIZE, SIZE), colour) for colour in (RED, GREEN, BLUE)]
frames[0].save(FOLDER / "animated.gif", save_all=True, append_images=frames[1:], duration=50, loop=0)
frames[0].save(FOLDER / "animated.webp", save_all=True, append_images=frames[1:], duration=50, loop=0, lossless=True)
quarters().save(FOLDER / "lossless.webp", lossless=True)
quarters().save(FOLDER / "lossy.webp", quality=90)
quarters().save(FOLDER / "still.gif")
quarters().save(FOLDER / "plain.bmp")
quarters().save(FOLDER / "plain.tif", compression="tiff_lzw")
quarters(80, 48).save(FOLDER / "plain.avif", quality=90)
alpha = Image.new("RGBA", (SIZE, SIZE), (0, 0, 0, 0))
alpha.paste((*RED, 255), (0, 0, SIZE // 2, SIZE))
alpha.paste((0, 0, 0, 128), (SIZE // 2, SIZE // 2, SIZE, SIZE))
alpha.save(FOLDER / "alpha.png", optimize=True)
quarters().quantize(8).save(FOLDER / "palette.png", optimize=True)

# What the whole pipeline must give for a file that decodes without loss, and a JPEG to compare decoders by.
slope(157, 120).save(FOLDER / "slope.png", optimize=True)
slope(157, 120).save(FOLDER / "slope.jpg", quality=90)
def crop_of(name: str) -> bytes:
    return centre_crop(Image.open(FOLDER / name).convert("RGB"), 32).tobytes()


crops = {
    "slope.png": {"sha256": hashlib.sha256(crop_of("slope.png")).hexdigest()},
    "slope.jpg": {"rgb": list(crop_of("slope.jpg"))},
}
(FOLDER / "crops.json").write_text(json.dumps(crops) + "\n")
print({path.name: path.stat().st_size for path in sorted(FOLDER.iterdir())})
